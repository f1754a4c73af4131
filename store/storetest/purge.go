package storetest

var purgeDuties []duty
