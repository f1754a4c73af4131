package storetest

var factorDuties []duty
