package storetest

var preSessionDuties []duty
