package desk

// ReadCode is readCode.
var ReadCode = readCode
