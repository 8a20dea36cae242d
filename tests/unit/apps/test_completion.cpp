#include <algorithm>

#include <catch2/catch.hpp>

#include "apps/umsadm/completion.hpp"

using namespace umsadm::app;

namespace {

using Words = std::vector<std::string>;

ExitCode nothing_to_do(Context&) { return ExitCode::done; }

// A small program with one of everything, and a site that knows some names.
struct Program {
    std::string text;
    Words texts;
    bool flag = false;
    Command root{nullptr, "umsadm", "a small one"};
    std::vector<NameQuery> asked;

    Program() {
        root.option("--site", "DIR", "the site", into(text)).flag("--json", "print JSON", flag);
        root.option("--color", "auto|always|never", "colours", into(text));
        root.command("init", "Make a site").run(nothing_to_do);
        Command& cert = root.command("cert", "Certificates");
        cert.commands_by([this, &cert] { add_cert_commands(cert); });
        Command& keystore = root.command("keystore", "Keystores");
        keystore.command("update", "Update")
            .argument("GATEWAY", "gateways", into(texts), Need::optional)
            .option("--cert", "C", "the new one", into(text))
            .option("--store-password", "SRC", "a password", into(text))
            .option("--host-key", "SHA256:...", "a key", into(texts))
            .flag("--dry-run", "no change", flag);
        keystore.command("rollback", "Go back")
            .argument("GATEWAY", "a gateway", into(text))
            .option("--to", "BACKUP", "a backup", into(text));
        Command& audit =
            root.command("audit", "The log").option("--last", "N", "the newest", into(text)).run(nothing_to_do);
        audit.command("verify", "Verify it").run(nothing_to_do);
    }

    void add_cert_commands(Command& cert) {
        cert.command("show", "Show one").argument("C|FILE", "a certificate", into(text));
        cert.command("import", "Take in").argument("FILE", "files", into(texts));
        cert.command("export", "Write")
            .argument("C", "a certificate", into(text))
            .option("--output,-o", "FILE", "where to", into(text), Need::required)
            .option("--format", "FORMAT", "its form", into(text))
            .offering_words({{"pem", "text"}, {"der", "binary"}})
            .option("--key", "KIND", "a kind of key", into(text));
    }

    Completion at(const Words& words) {
        return complete(root, words, [this](const NameQuery& query) {
            asked.push_back(query);
            switch (query.kind) {
                case OfferKind::gateway: return std::vector<Candidate>{{"berlin", "icg1"}, {"munich", "icg2"}};
                case OfferKind::certificate: return std::vector<Candidate>{{"ICG Berlin", "until 2027"}};
                case OfferKind::backup: return std::vector<Candidate>{{"keystore.bak"}};
                default: return std::vector<Candidate>{};
            }
        });
    }

    Words words_at(const Words& words) {
        Words found;
        for (const Candidate& candidate : at(words).candidates) found.push_back(candidate.word);
        return found;
    }
};

bool has(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("the commands come first, then those of a group", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({""}) == Words{"init", "cert", "keystore", "audit"});
    CHECK(program.words_at({"ce"}) == Words{"init", "cert", "keystore", "audit"});  // the shell knows what fits
    CHECK(program.words_at({"cert", ""}) == Words{"show", "import", "export"});
    CHECK(program.at({""}).candidates.front() == Candidate{"init", "Make a site"});
    CHECK(program.words_at({}) == program.words_at({""}));
}

TEST_CASE("a global option may stand before the command", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"--json", "cert", ""}) == Words{"show", "import", "export"});
    CHECK(program.words_at({"--site", "cert", "keystore", ""}) == Words{"update", "rollback"});
    CHECK(program.words_at({"--site=x", "keystore", "--json", ""}) == Words{"update", "rollback"});
}

TEST_CASE("behind a word that is no command nothing is known", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"crt", ""}).empty());
    CHECK(program.words_at({"crt", "-"}).empty());
    CHECK(program.words_at({"cert", "nonsense", ""}).empty());
}

TEST_CASE("options are those of the command and of the program", "[apps][completion]") {
    Program program;
    const Words words = program.words_at({"keystore", "update", "--"});
    CHECK(words == Words{"--cert", "--store-password", "--host-key", "--dry-run", "--site", "--json", "--color",
                         "--help", "-h"});
    CHECK(has(program.words_at({"-"}), "--version"));
    CHECK(has(program.words_at({"cert", "export", "-"}), "-o"));
    CHECK_FALSE(has(program.words_at({"keystore", "--"}), "--dry-run"));
    CHECK(program.at({"cert", "export", "-"}).candidates.front().says == "where to (required)");
}

TEST_CASE("an option that was given is not offered again unless it may be repeated", "[apps][completion]") {
    Program program;
    const Words words =
        program.words_at({"--json", "keystore", "update", "--cert", "x", "--dry-run", "--host-key", "SHA256:y", "--"});
    CHECK_FALSE(has(words, "--json"));
    CHECK_FALSE(has(words, "--cert"));
    CHECK_FALSE(has(words, "--dry-run"));
    CHECK(has(words, "--host-key"));
    CHECK_FALSE(has(program.words_at({"cert", "export", "-o", "x", "-"}), "--output"));
    CHECK_FALSE(has(program.words_at({"cert", "export", "-ox", "-"}), "-o"));
    CHECK_FALSE(has(program.words_at({"cert", "export", "--output=x", "-"}), "-o"));
}

TEST_CASE("an option that wants a value gets one", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"--color", ""}) == Words{"auto", "always", "never"});
    CHECK(program.words_at({"cert", "export", "--format", ""}) == Words{"pem", "der"});
    CHECK(program.words_at({"cert", "export", "x", "--format", "-"}) == Words{"pem", "der"});
    CHECK(has(program.words_at({"cert", "export", "--key", "rsa:"}), "rsa:4096"));
    CHECK(program.words_at({"keystore", "update", "--cert", ""}) == Words{"ICG Berlin"});
    CHECK(program.words_at({"audit", "--last", ""}).empty());
    CHECK(program.words_at({"keystore", "update", "--host-key", ""}).empty());
}

TEST_CASE("a value may stand in the word of its option", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"--color="}) == Words{"--color=auto", "--color=always", "--color=never"});
    CHECK(program.words_at({"keystore", "update", "--cert=IC"}) == Words{"--cert=ICG Berlin"});
    CHECK(program.asked.back().typed == "IC");
    CHECK(program.words_at({"--json="}).empty());
    CHECK(program.words_at({"--nonsense="}).empty());
    const Completion path = program.at({"cert", "export", "--output=a/"});
    CHECK(path.paths == Completion::Paths::files);
    CHECK(path.before_path == "--output=");
    CHECK(program.at({"cert", "export", "-oa"}).before_path == "-o");
}

TEST_CASE("files and folders are left to the shell", "[apps][completion]") {
    Program program;
    CHECK(program.at({"cert", "import", ""}).paths == Completion::Paths::files);
    CHECK(program.at({"cert", "import", "a", "b", "c"}).paths == Completion::Paths::files);
    CHECK(program.at({"--site", ""}).paths == Completion::Paths::folders);
    CHECK(program.at({"cert", "export", "-o", ""}).before_path.empty());
    // No shell finds the home folder in there.
    CHECK(program.at({"cert", "export", "--output=~/x"}).paths == Completion::Paths::none);
    CHECK(program.at({"cert", "export", "--output", "~/x"}).paths == Completion::Paths::files);
}

TEST_CASE("a file beside names has to have a slash", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"cert", "show", ""}) == Words{"ICG Berlin"});
    CHECK(program.at({"cert", "show", "I"}).paths == Completion::Paths::none);
    CHECK(program.at({"cert", "show", "./"}).paths == Completion::Paths::files);
    CHECK(program.words_at({"cert", "show", "./"}).empty());
}

TEST_CASE("a password source is begun, then what follows it", "[apps][completion]") {
    Program program;
    const Words before{"keystore", "update", "--store-password"};
    const auto with = [&](const std::string& word) {
        Words words = before;
        words.push_back(word);
        return words;
    };
    CHECK(program.words_at(with("")) == Words{"file:", "env:", "fd:", "prompt"});
    const auto candidates = program.at(with("")).candidates;
    CHECK(candidates.front().more_follows);
    CHECK_FALSE(candidates.back().more_follows);
    CHECK(program.at(with("file:pw/")).paths == Completion::Paths::files);
    CHECK(program.at(with("file:pw/")).before_path == "file:");
    CHECK(program.at({"keystore", "update", "--store-password=file:x"}).before_path == "--store-password=file:");
    CHECK(program.at(with("file:~/x")).paths == Completion::Paths::none);
    CHECK(program.words_at({"keystore", "update", "--store-password=p"}).back() == "--store-password=prompt");
}

TEST_CASE("an argument that may be repeated is offered without what was given", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"keystore", "update", ""}) == Words{"berlin", "munich"});
    CHECK(program.words_at({"keystore", "update", "munich", ""}) == Words{"berlin"});
    CHECK(program.words_at({"keystore", "update", "--dry-run", "munich", "--cert", "x", ""}) == Words{"berlin"});
    CHECK(program.words_at({"keystore", "update", "berlin"}) == Words{"berlin", "munich"});  // not given yet: typed
}

TEST_CASE("where nothing else can come the options are offered", "[apps][completion]") {
    Program program;
    CHECK(has(program.words_at({"keystore", "rollback", "berlin", ""}), "--to"));
    CHECK(has(program.words_at({"init", ""}), "--json"));
    CHECK_FALSE(has(program.words_at({"keystore", "rollback", ""}), "--to"));
}

TEST_CASE("behind -- there are only arguments", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"keystore", "update", "--", "-"}) == Words{"berlin", "munich"});
    CHECK(program.words_at({"keystore", "update", "--", "berlin", ""}) == Words{"munich"});
    CHECK(program.words_at({"keystore", "rollback", "--", "berlin", ""}).empty());
    CHECK(program.words_at({"init", "--", ""}).empty());
    CHECK(program.words_at({"keystore", "update", "--cert", "--", ""}) == Words{"berlin", "munich"});  // it was a value
}

TEST_CASE("the source of names is told what it needs to know", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"--site", "/srv/a", "keystore", "rollback", "berlin", "--to", "key"}) ==
          Words{"keystore.bak"});
    CHECK(program.asked.back().kind == OfferKind::backup);
    CHECK(program.asked.back().site == "/srv/a");
    CHECK(program.asked.back().typed == "key");
    CHECK(program.asked.back().arguments == Words{"berlin"});
    program.words_at({"keystore", "rollback", "--site=/srv/b", ""});
    CHECK(program.asked.back().site == "/srv/b");
}

TEST_CASE("a group that is a command, too, has its own options", "[apps][completion]") {
    Program program;
    CHECK(program.words_at({"audit", ""}) == Words{"verify"});
    CHECK(has(program.words_at({"audit", "-"}), "--last"));
    CHECK_FALSE(has(program.words_at({"audit", "verify", "-"}), "--last"));
}
