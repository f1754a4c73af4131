// Package breached looks up passwords that became public in breaches elsewhere, for backoffice.Config.Breaches or wherever
// a password is set. There are three ways to ask the same list, and each implements password.BreachChecker:
//
//   - [New]: a service that is queried by the first five of forty digits of the password's SHA-1. That is the public one
//     of Have I Been Pwned, or a mirror of yours. Neither the password nor its hash leaves the program.
//   - [OpenFile]: the whole list in one sorted file, as the official downloader writes it. Nothing leaves the machine.
//   - [OpenFolder]: the same as a folder with one file for each range.
//
// All are safe for concurrent use, end with the context, and return an error only if they could not decide. No error
// contains a password, a hash or a part of one. SHA-1 is what the list is made of; nothing relies on its strength.
//
// The list is not part of this package. To have it as a file, get the official downloader
// (https://github.com/HaveIBeenPwned/PwnedPasswordsDownloader) and let it write one file, or a folder with -s false.
package breached
