#include <chrono>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

struct World {
    Sshd sshd;
    SshKey key = load_key(sshd.add_key("id_sudo", "-t ed25519 -N ''"));

    std::unique_ptr<RemoteHost> connect(const TestUser& user, const Secret* sudo_password) const {
        SshTarget target = sshd.target(user.name());
        target.login.keys = {key};
        target.login.sudo_password = sudo_password;
        return connect_ssh(target);
    }
};

const World& world() {
    static const World one;
    return one;
}

void append_sudoers(const TestUser& user, const std::string& line) {
    const std::string path = "/etc/sudoers.d/" + user.name();
    REQUIRE(shell(fmt::format("chmod 640 {0} && printf '%s\\n' {1} >>{0} && chmod 440 {0} && visudo -cqf {0}", path,
                              shell_quoted(line)))
                .status == 0);
}

}  // namespace

TEST_CASE("sudo takes the password once for the whole connection", "[remote][sudo]") {
    if (cannot_run()) return;
    TestUser user("password");
    append_sudoers(user, fmt::format("Defaults:{} lecture=always", user.name()));
    const auto host = world().connect(user, &user.password());
    for (int i = 0; i < 3; ++i) CHECK(host->run({.script = "id -u; cat", .input = as_bytes("in")}).text() == "0\nin");
}

TEST_CASE("a password that sudo does not want never becomes input", "[remote][sudo]") {
    if (cannot_run()) return;
    TestUser user("nopasswd");
    for (const Secret* password : {&user.password(), static_cast<const Secret*>(nullptr)}) {
        const auto host = world().connect(user, password);
        const auto result = host->run({.script = "id -u; cat; echo end"});
        CHECK(result.text() == "0\nend\n");
        CHECK(result.err.empty());
    }
}

TEST_CASE("a wrong sudo password is named, and tried once", "[remote][sudo]") {
    if (cannot_run()) return;
    const Secret wrong{std::string_view("wrong")};
    TestUser user("password");
    const auto check = [&](const Secret* password, const char* words) {
        const Error error = error_of([&] { world().connect(user, password); });
        CHECK(error.code() == Code::login_refused);
        CHECK_THAT(error.message(), Catch::Contains(words));
        CHECK_THAT(error.message(), Catch::Contains(in_quotes(user.name())));
    };
    check(&wrong, "wrong sudo password");
    check(nullptr, "none was given");
    append_sudoers(user, fmt::format("Defaults:{} passwd_tries=1", user.name()));
    check(&wrong, "wrong sudo password");
}

TEST_CASE("sudo that wants root's password says whose it wants", "[remote][sudo]") {
    if (cannot_run()) return;
    TestUser user("password");
    append_sudoers(user, fmt::format("Defaults:{} targetpw", user.name()));
    CHECK_THAT(error_of([&] { world().connect(user, nullptr); }).message(), Catch::Contains("\"root\""));
}

TEST_CASE("a user who may not use sudo is told so", "[remote][sudo]") {
    if (cannot_run()) return;
    for (const std::string kind : {"none", "restricted"}) {
        INFO(kind);
        TestUser user(kind);
        const Error error = error_of([&] { world().connect(user, &user.password()); });
        CHECK(error.code() == Code::login_refused);
        CHECK_THAT(error.message(), Catch::Contains("not allowed to become root"));
        CHECK_THAT(error.hint(), Catch::Contains("/bin/sh"));
    }
}

TEST_CASE("sudo that insists on a terminal gets one, and bytes stay bytes", "[remote][sudo]") {
    if (cannot_run()) return;
    TestUser user("requiretty");
    const auto host = world().connect(user, &user.password());
    std::string bytes(300'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 256);
    const auto result = host->run({.script = "cat; id -u >&2", .input = as_bytes(bytes)});
    CHECK((result.text() == bytes));
    CHECK(result.err == "0\n");
    const Secret wrong{std::string_view("wrong")};
    CHECK_THAT(error_of([&] { world().connect(user, &wrong); }).message(), Catch::Contains("wrong sudo password"));
}

TEST_CASE("a sudo password with a line break is refused before anything is sent", "[remote][sudo]") {
    if (cannot_run()) return;
    TestUser user("nopasswd");
    const Secret two_lines{std::string_view("one\ntwo")};
    CHECK(error_of([&] { world().connect(user, &two_lines); }).code() == Code::usage);
}

TEST_CASE("sudo works behind every kind of login shell", "[remote][sudo]") {
    if (cannot_run()) return;
    for (const std::string program : {"/bin/dash", "/bin/tcsh", "/usr/bin/fish"}) {
        if (!std::filesystem::exists(program)) {
            WARN("skipped: " << program << " is not installed");
            continue;
        }
        INFO(program);
        TestUser user("password");
        REQUIRE(shell(fmt::format("usermod -s {} {}", program, user.name())).status == 0);
        CHECK(world().connect(user, &user.password())->run({.script = "id -u"}).text() == "0\n");
    }
}
