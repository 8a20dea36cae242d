#include <catch2/catch.hpp>

#include "apps/umsadm/shell_line.hpp"

using namespace umsadm::app;

namespace {

constexpr std::string_view k_breaks = " \t\n\"'@><=;|&(:";  // bash's own

using Words = std::vector<std::string>;

ShellLine parse(std::string_view line) { return parse_shell_line(line, k_breaks); }

// What readline makes of the piece that it has.
std::string replaced(std::string_view line, std::string_view word) {
    return replacement(parse(line), word).value_or("nothing");
}

}  // namespace

TEST_CASE("a line is split at blanks, the last word may be empty", "[apps][shell_line]") {
    CHECK(parse("umsadm cert  show IC").words == Words{"umsadm", "cert", "show", "IC"});
    CHECK(parse("umsadm cert ").words == Words{"umsadm", "cert", ""});
    CHECK(parse("umsadm --external-host '' x").words == Words{"umsadm", "--external-host", "", "x"});
    CHECK(parse("").words == Words{""});
}

TEST_CASE("quotes are taken off", "[apps][shell_line]") {
    CHECK(parse("u ICG\\ Be").words.back() == "ICG Be");
    CHECK(parse("u \"ICG Be").words.back() == "ICG Be");
    CHECK(parse("u 'ICG Be").words.back() == "ICG Be");
    CHECK(parse("u IC\"G B\"e").words.back() == "ICG Be");
    CHECK(parse("u \"a\\\"b\\c").words.back() == "a\"b\\c");
    CHECK(parse("u 'a\\'").words.back() == "a\\");
    CHECK(parse("u a\\").words.back() == "a");  // somebody is in the middle of it
    CHECK(parse("u \"a b\" c").words == Words{"u", "a b", "c"});
}

TEST_CASE("an open quote is remembered", "[apps][shell_line]") {
    CHECK(parse("u \"ICG").quote == '"');
    CHECK(parse("u 'ICG").quote == '\'');
    CHECK(parse("u 'ICG'").quote == '\0');
    CHECK(parse("u \"it's").quote == '"');
    CHECK(parse("u ICG").quote == '\0');
}

TEST_CASE("readline breaks words at more than blanks", "[apps][shell_line]") {
    CHECK(parse("u file:/etc/pa").piece == "/etc/pa");
    CHECK(parse("u file:/etc/pa").before == "file:");
    CHECK(parse("u --site=a:b").before == "--site=a:");
    CHECK(parse("u ICG\\ Berlin@").piece == "@");
    CHECK(parse("u ICG\\ Berlin@").before == "ICG Berlin");
    CHECK(parse("u ICG\\ Be").piece == "ICG\\ Be");
    CHECK(parse("u a:b c").before.empty());
}

TEST_CASE("in quotes and behind a backslash it does not", "[apps][shell_line]") {
    CHECK(parse("u \"file:/etc").before.empty());
    CHECK(parse("u \"file:/etc").piece == "file:/etc");
    CHECK(parse("u file:\"/et").before == "file:");
    CHECK(parse("u file:\"/et").piece == "/et");
    CHECK(parse("u file\\:x").before.empty());
    CHECK(parse("u \"ICG Berlin\"@1").before == "ICG Berlin");
    CHECK(parse("u \"ICG Berlin\"@1").piece == "@1");
    CHECK(parse("u \"ICG Be\"r").piece == "\"ICG Be\"r");
    CHECK(parse_shell_line("u file:/et", " \t\n").piece == "file:/et");  // who took the colon out of COMP_WORDBREAKS
}

TEST_CASE("what belongs to the shell is no word of the command", "[apps][shell_line]") {
    CHECK(parse("u a >out b").words == Words{"u", "a", "b"});
    CHECK(parse("u a 2>/dev/null b").words == Words{"u", "a", "b"});
    CHECK(parse("u a 2>&1 b").words == Words{"u", "a", "b"});
    CHECK(parse("u a &>log b").words == Words{"u", "a", "b"});
    CHECK(parse("u a >>log b").words == Words{"u", "a", "b"});
    CHECK(parse("ls; u a").words == Words{"u", "a"});
    CHECK(parse("ls | u a && u c").words == Words{"u", "c"});
    CHECK(parse("u a > lo").is_redirection);
    CHECK(parse("u a >lo").piece == "lo");
    CHECK_FALSE(parse("u a >lo ").is_redirection);
    CHECK_FALSE(parse("u '>' b").is_redirection);
}

TEST_CASE("a word is quoted as it has to be where it is put", "[apps][shell_line]") {
    CHECK(replaced("u ICG", "ICG Berlin") == "ICG\\ Berlin");
    CHECK(replaced("u ICG\\ B", "ICG Berlin") == "ICG\\ Berlin");
    CHECK(replaced("u \"ICG", "ICG Berlin") == "ICG Berlin");  // readline closes the quote
    CHECK(replaced("u \"", "a \"b\" $c") == "a \\\"b\\\" \\$c");
    CHECK(replaced("u '", "it's") == "it'\\''s");
    CHECK(replaced("u ", "it's (new) & $5; ~") == "it\\'s\\ \\(new\\)\\ \\&\\ \\$5\\;\\ \\~");
    CHECK(replaced("u ", "M\xC3\xBCnchen") == "M\xC3\xBCnchen");
    CHECK(replaced("u ICG\\ Berlin@", "ICG Berlin@2") == "@2");
    CHECK(replaced("u --color=al", "--color=always") == "always");
    CHECK(replaced("u \"--color=al", "--color=always") == "--color=always");
    CHECK(replaced("u rsa:", "rsa:4096") == "4096");
}

TEST_CASE("a word that does not begin with what was typed is none", "[apps][shell_line]") {
    CHECK(replaced("u Ber", "ICG Berlin") == "nothing");
    CHECK(replaced("u icg", "ICG Berlin") == "nothing");
}
