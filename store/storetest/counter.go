package storetest

var counterDuties []duty
