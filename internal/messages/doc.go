// Package messages has every sentence that people read, in their language.
//
// A message has a key, such as "signin.title", and a text in each language:
//
//	{
//	  "signin.title": "Sign in",
//	  "home.codes": {"one": "{n} code left", "other": "{n} codes left"},
//	  "signin.sso": "You use <b>{sso}</b>. No password yet? <a>Set one</a>."
//	}
//
// Arguments stand in braces. A message with plural forms is chosen by the argument n, by
// the rules of its language (Unicode CLDR). Tags are those of [Tags]; <a> and <a2> take
// their URLs from the arguments "a" and "a2". Messages are whole sentences: they are never
// put together from words, because languages order them differently.
//
// Languages are folders or files named after their tag (BCP 47): "de.json",
// "pt-BR/account.json". In a folder, every key begins with the name of its file and a dot.
package messages
