/// Removes the user information of URLs (`https://user:token@host` → `https://host`) from a text.
func redactingUserInformation(_ text: String) -> String {
    text.replacing(/(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\/\s@'"]*(?:@[^\/\s@'"]*)*@/) { match in
        String(match.output.scheme)
    }
}
