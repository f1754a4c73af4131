// Package browser walks through the back office as a person does, in a real
// browser, and has programs of other authors judge what they meet: zbarimg
// reads the QR codes from pictures of the pages, oathtool makes every code, an
// SMTP server takes the mails, axe looks for what hinders people and vnu checks
// the markup.
//
// TestMission01 to TestMission15 walk through what users come for, a row each; the
// README's table of features leads to them. TestSecondPerson has someone who was
// invited try all that their role says, and nothing else. With -language, their offices
// are in another language, and pages and letters are checked to be in it: "go test
// ./tests/browser -run 'TestMission|TestSecond' -language ar".
//
// Each test has an office of its own, served from the test process on
// localhost, over SQLite in a file. Its clock stands still until a test moves
// it, so that codes and links can grow old without waiting. TestExample and some
// others run the example program as a person would start it.
//
// "go test ./tests/browser -screenshots DIR -run TestScreenshots" takes the
// pictures of the README.
package browser
