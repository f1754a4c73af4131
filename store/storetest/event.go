package storetest

var eventDuties []duty
