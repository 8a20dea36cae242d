#include <chrono>
#include <csignal>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

SshTarget with_password(const Sshd& sshd, const TestUser& user) {
    SshTarget target = sshd.target(user.name());
    target.login.password = &user.password();
    return target;
}

std::string who(const SshTarget& target) {
    const auto result = connect_ssh(target)->run({.script = "id -un"});
    return std::string(trim(result.text()));
}

// An ssh-agent of its own, with some keys.
class Agent {
public:
    explicit Agent(const std::vector<std::filesystem::path>& keys) : m_socket(m_folder.path() / "agent") {
        const auto started = shell(fmt::format("ssh-agent -a {}", m_socket.string()));
        const auto at = started.out.find("SSH_AGENT_PID=");
        m_pid = std::stoi(started.out.substr(at + 14));
        for (const auto& key : keys) {
            REQUIRE(shell(fmt::format("SSH_AUTH_SOCK={} ssh-add -q {} 2>/dev/null", m_socket.string(), key.string()))
                        .status == 0);
        }
    }
    ~Agent() { ::kill(m_pid, SIGTERM); }
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    std::string socket() const { return m_socket.string(); }

private:
    TempFolder m_folder;
    std::filesystem::path m_socket;
    pid_t m_pid = 0;
};

}  // namespace

TEST_CASE("every type of key logs in", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd;
    for (const std::string options : {"-t ed25519", "-t ecdsa -b 256", "-t ecdsa -b 384", "-t ecdsa -b 521",
                                      "-t rsa -b 2048", "-t rsa -b 2048 -m PEM"}) {
        INFO(options);
        const auto path = sshd.add_key("k" + std::to_string(std::hash<std::string>{}(options)), options + " -N ''");
        SshTarget target = sshd.target("root");
        target.login.keys = {load_key(path)};
        CHECK(who(target) == "root");
    }
    CHECK_THAT(sshd.log(), Catch::Contains("Accepted publickey for root"));
}

TEST_CASE("keys of an agent log in", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd;
    for (const std::string type : {"ed25519", "ecdsa", "rsa"}) {
        INFO(type);
        const Agent agent({sshd.add_key("id_" + type, fmt::format("-t {} -N ''", type))});
        SshTarget target = sshd.target("root");
        target.login.agent_socket = agent.socket();
        CHECK(who(target) == "root");
    }
    SshTarget target = sshd.target("root");
    target.login.agent_socket = "/no/such/socket";
    const Error error = error_of([&] { connect_ssh(target); });
    CHECK(error.code() == Code::login_refused);
    CHECK_THAT(error.message(), Catch::Contains("/no/such/socket"));
}

TEST_CASE("at most four keys are tried, so that the server does not hang up", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd;
    const Sshd other;
    TestUser user("nopasswd");
    SshTarget target = with_password(sshd, user);
    for (int i = 0; i < 6; ++i)
        target.login.keys.push_back(load_key(other.add_key(fmt::format("k{}", i), "-t ed25519 -N ''")));
    CHECK(who(target) == "root");
    target.login.password = nullptr;
    const Error error = error_of([&] { connect_ssh(target); });
    CHECK(error.code() == Code::login_refused);
    CHECK_THAT(error.message(), Catch::Contains("key \"k3\"") && !Catch::Contains("key \"k4\""));
    CHECK_THAT(error.hint(), Catch::Contains("first 4 of 6"));

    const Sshd strict({"MaxAuthTries 2"});
    target.endpoint.port = strict.port();
    target.host_keys.pinned = {strict.fingerprint()};
    const Error hung_up = error_of([&] { connect_ssh(target); });
    CHECK(hung_up.code() == Code::login_refused);
    CHECK_THAT(hung_up.message(), Catch::Contains("Too many authentication failures"));
}

TEST_CASE("a password logs in by either method, and a wrong one is tried once", "[remote][login]") {
    if (cannot_run()) return;
    TestUser user("nopasswd");
    const Secret wrong{std::string_view("wrong")};
    for (const std::vector<std::string>& config :
         {std::vector<std::string>{}, {"PasswordAuthentication no", "KbdInteractiveAuthentication yes"}}) {
        const Sshd sshd(config);
        SshTarget target = with_password(sshd, user);
        CHECK(who(target) == "root");
        target.login.password = &wrong;
        const Error error = error_of([&] { connect_ssh(target); });
        CHECK(error.code() == Code::login_refused);
        CHECK_THAT(error.message(), Catch::Contains("tried: password"));
        const std::string log = sshd.log();
        const std::string failure = config.empty() ? "Failed password" : "Failed keyboard-interactive";
        const auto first = log.find(failure);
        if (config.empty()) {
            CHECK(first != std::string::npos);
            CHECK(log.find(failure, first + 1) == std::string::npos);
        }
    }
}

TEST_CASE("a login without anything to try says what the server takes", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd({"PasswordAuthentication no"});
    TestUser user("none");
    const Error nothing = error_of([&] { connect_ssh(sshd.target(user.name())); });
    CHECK(nothing.code() == Code::login_refused);
    CHECK_THAT(nothing.message(), Catch::Contains("nothing to try; the server takes: publickey"));
    const Error not_taken = error_of([&] { connect_ssh(with_password(sshd, user)); });
    CHECK_THAT(not_taken.message(), Catch::Contains("the server takes: publickey"));
}

TEST_CASE("a server that wants a key and a password gets both", "[remote][login]") {
    if (cannot_run()) return;
    TestUser user("nopasswd");
    for (const std::string methods : {"publickey,password", "password,publickey", "publickey,keyboard-interactive"}) {
        INFO(methods);
        const Sshd sshd({"AuthenticationMethods " + methods, "KbdInteractiveAuthentication yes"});
        SshTarget target = with_password(sshd, user);
        target.login.keys = {load_key(sshd.add_key("id_both", "-t rsa -b 2048 -N ''"))};
        CHECK(who(target) == "root");
        target.login.password = nullptr;
        CHECK(error_of([&] { connect_ssh(target); }).code() == Code::login_refused);
    }
}

TEST_CASE("an expired password or account is named and never answered", "[remote][login]") {
    if (cannot_run()) return;
    TestUser user("nopasswd");
    const std::string shadow = fmt::format("getent shadow {} | cut -d: -f2", user.name());
    const Sshd by_password;
    const Sshd by_question({"PasswordAuthentication no", "KbdInteractiveAuthentication yes"});
    REQUIRE(shell("chage -d 0 " + user.name()).status == 0);
    const std::string before = shell(shadow).out;
    for (const Sshd* sshd : {&by_password, &by_question}) {
        const Error error = error_of([&] { connect_ssh(with_password(*sshd, user)); });
        CHECK(error.code() == Code::login_refused);
        CHECK_THAT(error.message(), Catch::Contains("has expired"));
    }
    SshTarget by_key = by_password.target(user.name());
    by_key.login.keys = {load_key(by_password.add_key("id_expired", "-t ed25519 -N ''"))};
    CHECK_THAT(error_of([&] { connect_ssh(by_key); }).message(), Catch::Contains("has expired"));
    CHECK(shell(shadow).out == before);

    REQUIRE(shell("chage -d 2026-01-01 -E 0 " + user.name()).status == 0);
    const Error account = error_of([&] { connect_ssh(by_key); });
    CHECK(account.code() == Code::login_refused);
    CHECK_THAT(account.hint(), Catch::Contains("expired"));
}

TEST_CASE("a login shell that prints is tolerated, one that ends is named", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd;
    TestUser user("password");
    SshTarget target = sshd.target(user.name());
    target.login.keys = {load_key(sshd.add_key("id_noisy", "-t ed25519 -N ''"))};
    target.login.sudo_password = &user.password();
    write_text("/home/" + user.name() + "/.bashrc", "echo Welcome; echo careful >&2; printf 'no line end'\n");
    CHECK(connect_ssh(target)->run({.script = "printf clean"}).text() == "clean");
    write_text("/home/" + user.name() + "/.bashrc", "yes\n");
    const auto before = std::chrono::steady_clock::now();
    const Error flood = error_of([&] { connect_ssh(target); });
    CHECK(flood.code() == Code::login_refused);
    CHECK_THAT(flood.message(), Catch::Contains("prints without end"));
    CHECK(std::chrono::steady_clock::now() - before < target.connect_timeout);
    write_text("/home/" + user.name() + "/.bashrc", "");
    REQUIRE(shell("usermod -s /usr/sbin/nologin " + user.name()).status == 0);
    const Error error = error_of([&] { connect_ssh(target); });
    CHECK(error.code() == Code::login_refused);
    CHECK_THAT(error.message(), Catch::Contains("This account is currently not available"));
}

TEST_CASE("one session is enough", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd({"MaxSessions 1"});
    TestUser user("requiretty");
    SshTarget target = with_password(sshd, user);
    target.login.sudo_password = &user.password();
    const auto host = connect_ssh(target);
    CHECK(host->run({.script = "id -u"}).text() == "0\n");
    const auto stream = host->connect_from_here({"127.0.0.1", sshd.port()}, Deadline::in(std::chrono::seconds(5)));
    CHECK(stream);
    CHECK(host->run({.script = "id -u"}).text() == "0\n");
}

TEST_CASE("a server that allows no session or no command says so", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd none({"MaxSessions 0"});
    SshTarget target = none.target("root");
    target.login.keys = {load_key(none.add_key("id_none", "-t ed25519 -N ''"))};
    CHECK(error_of([&] { connect_ssh(target); }).code() == Code::login_refused);
    const Sshd forced({"ForceCommand internal-sftp"});
    target.endpoint.port = forced.port();
    target.host_keys.pinned = {forced.fingerprint()};
    target.login.keys = {load_key(forced.add_key("id_forced", "-t ed25519 -N ''"))};
    CHECK(error_of([&] { connect_ssh(target); }).code() == Code::login_refused);
}

TEST_CASE("a server that forbids forwarding is told from a port that nobody listens on", "[remote][login]") {
    if (cannot_run()) return;
    const Sshd sshd({"AllowTcpForwarding no"});
    SshTarget target = sshd.target("root");
    target.login.keys = {load_key(sshd.add_key("id_fwd", "-t ed25519 -N ''"))};
    const auto host = connect_ssh(target);
    const Error error = error_of([&] {
        host->connect_from_here({"127.0.0.1", sshd.port()}, Deadline::in(std::chrono::seconds(5)));
    });
    CHECK(error.code() == Code::unreachable);
    CHECK_THAT(error.message(), Catch::Contains("prohibited"));
    CHECK(host->run({.script = "echo alive"}).text() == "alive\n");
}
