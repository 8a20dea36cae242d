#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "apps/umsadm/shell_answer.hpp"

using namespace umsadm;
using namespace umsadm::app;

namespace {

constexpr const char* k_breaks = " \t\n\"'@><=;|&(:";

struct Program {
    std::string text;
    Command root{nullptr, "umsadm", "a small one"};
    NameSource names = [](const NameQuery&) {
        return std::vector<Candidate>{{"ICG Berlin", "until 2027"}, {"ICG Bonn"}, {"Other\tone\nline", "x"}};
    };

    Program() {
        root.command("show", "Show one").argument("C|FILE", "a certificate", into(text));
        root.command("set", "Set one").option("--password", "SRC", "a\tpass\nword", into(text));
    }

    std::string words(const std::vector<std::string>& typed) const { return answer_words(root, typed, names); }
    std::string bash(const std::string& line) const { return answer_bash(root, line, k_breaks, names); }
};

}  // namespace

TEST_CASE("an answer is a line for each thing that may stand there", "[apps][shell_answer]") {
    const Program program;
    CHECK(program.words({"show", "nothing fits"}) == "word\tICG Berlin\tuntil 2027\nword\tICG Bonn\t\n");
    CHECK(program.words({"set", "--password", "x"}) ==
          "part\tfile:\tthe first line of a file\npart\tenv:\tan environment variable\n"
          "part\tfd:\tthe first line of an open descriptor\nword\tprompt\tasked for on the terminal\n");
    CHECK(program.words({"show", "./"}) == "file\t\n");
    CHECK(program.words({"set", "--password=file:x"}) == "file\t--password=file:\n");
    CHECK(program.words({"nonsense", ""}).empty());
}

TEST_CASE("no text can begin another line or part", "[apps][shell_answer]") {
    const Program program;
    CHECK(program.words({"show", ""}).find("Other") == std::string::npos);
    CHECK(program.words({"set", "-"}).find("word\t--password\ta\\x09pass\\x0aword\n") == 0);
}

TEST_CASE("bash gets what fits, as readline has to insert it", "[apps][shell_answer]") {
    const Program program;
    CHECK(program.bash("umsadm show ICG\\ Be") == "word\tICG\\ Berlin\tuntil 2027\n");
    CHECK(program.bash("umsadm show \"ICG Be") == "word\tICG Berlin\tuntil 2027\n");
    CHECK(program.bash("umsadm show Ber").empty());
    CHECK(program.bash("umsadm sho") == "word\tshow\tShow one\n");
    CHECK(program.bash("umsadm").empty());
    CHECK(program.bash("").empty());
}

TEST_CASE("bash completes a path from where readline broke the word", "[apps][shell_answer]") {
    const Program program;
    CHECK(program.bash("umsadm show ./a\\ b") == "file\t./a\\ b\n");
    CHECK(program.bash("umsadm set --password file:/etc/pa") == "file\t/etc/pa\n");
    CHECK(program.bash("umsadm set --password=file:/etc/pa") == "file\t/etc/pa\n");
    CHECK(program.bash("umsadm set --password \"file:/etc/pa") == "before\tfile:\nfile\t/etc/pa\n");
    CHECK(answer_bash(program.root, "umsadm set --password=file:x", " =", program.names) == "before\tfile:\nfile\tx\n");
    CHECK(program.bash("umsadm set --password \"fi\"le:x") == "file\tx\n");
    CHECK(program.bash("umsadm show x > /tm") == "file\t/tm\n");
}

TEST_CASE("names that cannot be read are no names", "[apps][shell_answer]") {
    Program program;
    program.names = [](const NameQuery&) -> std::vector<Candidate> { throw Error(Code::not_found, "no site"); };
    CHECK(program.words({"show", ""}).empty());
    CHECK(program.bash("umsadm show ").empty());
    CHECK_FALSE(program.words({""}).empty());
}

TEST_CASE("only the words of a shell are answered", "[apps][shell_answer]") {
    const Program program;
    CHECK(answer_shell(program.root, {"--", ""}, program.names) == program.words({""}));
    CHECK(answer_shell(program.root, {"--"}, program.names) == program.words({""}));
    CHECK(answer_shell(program.root, {"--", "show", "--", "x"}, program.names) == program.words({"show", "--", "x"}));
    CHECK(answer_shell(program.root, {"bash", "umsadm sho", k_breaks}, program.names) == program.bash("umsadm sho"));
    CHECK_FALSE(answer_shell(program.root, {}, program.names));
    CHECK_FALSE(answer_shell(program.root, {"show"}, program.names));
    CHECK_FALSE(answer_shell(program.root, {"bash", "x"}, program.names));
}
