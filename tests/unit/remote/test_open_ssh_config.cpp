// The configuration of OpenSSH, as the real ssh(1) reads it.
#include <chrono>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/remote/open_ssh_config.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

bool ssh_is_missing() {
    if (::access("/usr/bin/ssh", X_OK) == 0) return false;
    WARN("skipped: ssh is not installed");
    return true;
}

struct ConfigFile {
    TempFolder folder;

    explicit ConfigFile(const std::string& text) { write_text(folder.path() / "config", text); }

    OpenSshQuestion question(const std::string& host) const {
        return {"/usr/bin/ssh", host, {}, {}, {"LC_ALL=C", "PATH=/usr/bin:/bin"}, (folder.path() / "config").string()};
    }
    OpenSshConfig about(const std::string& host) const {
        const Deadline deadline = Deadline::in(10s);
        OpenSshQuestion usual = question("usual.invalid");
        usual.file = "none";
        return read_open_ssh_config(ask_open_ssh(question(host), deadline), ask_open_ssh(usual, deadline), host);
    }
};

}  // namespace

TEST_CASE("a configuration that says nothing about a host changes nothing", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config("Host other\n  Port 2222\nHost *\n  HashKnownHosts yes\n  SendEnv LANG\n");
    for (const char* host : {"icg.example.com", "ICG.example.com", "10.0.0.5", "::1"}) {
        INFO(host);
        CHECK(config.about(host) == OpenSshConfig{});
    }
}

TEST_CASE("what the configuration says about a host is told from the defaults", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config(
        "Host berlin\n  HostName 10.0.0.5\n  Port 2222\n  User admin\n  IdentityFile ~/.ssh/id_%h\n"
        "  IdentityFile /keys/second\n  IdentitiesOnly yes\n  IdentityAgent /run/agent\n"
        "  UserKnownHostsFile /kh/one /kh/two\n  GlobalKnownHostsFile /kh/all\n  HostKeyAlias berlin-key\n"
        "  ProxyJump jump@bastion:2200,second\n  CertificateFile /keys/second-cert.pub\n"
        "Host munich\n  ProxyCommand nc %h %p\nHost none\n  ProxyCommand none\n  ProxyJump none\n  IdentityAgent "
        "none\n");
    OpenSshConfig berlin;
    berlin.host_name = "10.0.0.5";
    berlin.port = 2222;
    berlin.user = "admin";
    berlin.identity_files = {"~/.ssh/id_%h", "/keys/second"};
    berlin.identities_only = true;
    berlin.identity_agent = "/run/agent";
    berlin.user_known_hosts = {"/kh/one", "/kh/two"};
    berlin.global_known_hosts = {"/kh/all"};
    berlin.host_key_alias = "berlin-key";
    berlin.proxy_jump = "jump@bastion:2200,second";
    berlin.certificates = {"/keys/second-cert.pub"};
    CHECK(config.about("berlin") == berlin);
    OpenSshConfig munich;
    munich.proxy_command = "nc %h %p";
    CHECK(config.about("munich") == munich);
    CHECK(config.about("none").identity_agent == "none");
    CHECK_FALSE(config.about("none").proxy_command);
}

TEST_CASE("what is given already counts for a Match", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config("Match user admin\n  Port 2222\n");
    OpenSshQuestion question = config.question("icg.example.com");
    const auto port = [&] {
        return read_open_ssh_config(ask_open_ssh(question, Deadline::in(10s)), "port 22\n", question.host).port;
    };
    CHECK_FALSE(port());
    question.user = "admin";
    CHECK(port() == 2222);
}

TEST_CASE("a host that looks like an option is never handed to ssh", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config("");
    for (const char* host : {"-oProxyCommand=touch /tmp/umsadm-owned", "-V", "", "a\nb"}) {
        INFO(host);
        CHECK(error_of([&] { (void)ask_open_ssh(config.question(host), Deadline::in(10s)); }).code() == Code::usage);
    }
}

TEST_CASE("a configuration that ssh cannot read is an error with its words", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config("Host *\n  Porrt 22\n");
    const Error error = error_of([&] { (void)ask_open_ssh(config.question("icg.example.com"), Deadline::in(10s)); });
    CHECK(error.code() == Code::failed);
    CHECK_THAT(error.message(), Catch::Contains("porrt"));
}

TEST_CASE("a configuration that runs something without end is given up, and what it runs ends",
          "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    const ConfigFile config("Match exec \"sleep 47.11\"\n  Port 2222\n");
    const auto before = std::chrono::steady_clock::now();
    const Error error = error_of([&] { (void)ask_open_ssh(config.question("icg.example.com"), Deadline::in(500ms)); });
    CHECK(std::chrono::steady_clock::now() - before < 3s);
    CHECK_THAT(error.message(), Catch::Contains("in time"));
    CHECK(shell("pgrep -f '^sleep 47.11$'").out.empty());
}

TEST_CASE("ssh gets no other environment than the one that it is given", "[remote][ssh-config]") {
    if (ssh_is_missing()) return;
    ::setenv("UMSADM_TEST_SECRET", "marker", 1);
    const ConfigFile config("Match exec \"printenv UMSADM_TEST_SECRET\"\n  Port 2222\n");
    CHECK_FALSE(config.about("icg.example.com").port);
    ::unsetenv("UMSADM_TEST_SECRET");
}
