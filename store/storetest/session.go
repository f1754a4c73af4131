package storetest

var sessionDuties []duty
