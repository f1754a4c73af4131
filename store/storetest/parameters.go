package storetest

var parametersDuties []duty
