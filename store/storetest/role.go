package storetest

var roleDuties []duty
