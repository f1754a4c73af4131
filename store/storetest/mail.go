package storetest

var mailDuties []duty
