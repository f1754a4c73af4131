package storetest

var commitDuties []duty
