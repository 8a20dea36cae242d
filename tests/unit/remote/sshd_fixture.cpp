#include "unit/remote/sshd_fixture.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"

namespace umsadm::test {
namespace {

std::string sandbox() { return shell_quoted(UMSADM_SOURCE_DIR "/tests/sandbox/sshd.sh"); }

std::string checked(const std::string& command) {
    const ShellOutcome outcome = shell(command);
    if (outcome.status != 0) throw std::runtime_error("failed: " + command);
    return std::string(trim(outcome.out));
}

void ssh_is_initialised() {
    static const bool done = [] {
        initialise_ssh();
        return true;
    }();
    (void)done;
}

}  // namespace

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "umsadm-remote-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
    m_path = name;
    ::chmod(name.c_str(), 0755);
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

ShellOutcome shell(const std::string& command) {
    ShellOutcome outcome;
    FILE* pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::array<char, 4096> buffer{};
    for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        outcome.out.append(buffer.data(), count);
    }
    const int status = ::pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return outcome;
}

std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::optional<std::string> why_no_sshd() {
    if (::geteuid() != 0) return "not root: no users can be made for this";
    for (const char* program : {"sshd", "ssh-keygen", "sudo", "useradd", "chpasswd", "visudo"}) {
        if (shell(fmt::format("PATH=$PATH:/usr/sbin command -v {} >/dev/null", program)).status != 0) {
            return fmt::format("{} is not installed", program);
        }
    }
    return std::nullopt;
}

bool cannot_run() {
    const auto reason = why_no_sshd();
    if (reason) WARN("skipped: " << *reason);
    return reason.has_value();
}

Sshd::Sshd(const std::vector<std::string>& config) {
    ssh_is_initialised();
    std::string command = fmt::format("{} start {}", sandbox(), shell_quoted(folder().string()));
    for (const std::string& line : config) command += ' ' + shell_quoted(line);
    m_port = static_cast<std::uint16_t>(std::stoul(checked(command)));
}

Sshd::~Sshd() { shell(fmt::format("{} stop {}", sandbox(), shell_quoted(folder().string()))); }

std::string Sshd::fingerprint(const std::string& type) const {
    const auto words = split(checked(fmt::format("ssh-keygen -lf {}/host_{}.pub", folder().string(), type)), ' ');
    return words.at(1);
}

std::string Sshd::public_key(const std::string& type) const {
    const auto words = split(read_text(folder() / ("host_" + type + ".pub")), ' ');
    return words.at(0) + ' ' + words.at(1);
}

std::filesystem::path Sshd::add_key(const std::string& name, const std::string& keygen_options) const {
    const std::filesystem::path path = m_folder.path() / name;
    checked(fmt::format("ssh-keygen -q -f {} {}", path.string(), keygen_options));
    std::ofstream(folder() / "authorized_keys", std::ios::app) << read_text(path.string() + ".pub");
    return path;
}

SshTarget Sshd::target(const std::string& user) const {
    SshTarget target;
    target.endpoint = {"127.0.0.1", m_port};
    target.login.user = user;
    target.host_keys.pinned = {fingerprint()};
    return target;
}

TestUser::TestUser(const std::string& sudo) : m_password(std::string_view("pa ss'w\"ö$rd")) {
    static int count = 0;
    m_name = fmt::format("umsadm-t-{}-{}", ::getpid(), ++count);
    checked(fmt::format("{} user-add {} {} {}", sandbox(), m_name, shell_quoted(m_password.reveal()), sudo));
}

TestUser::~TestUser() { shell(fmt::format("{} user-remove {}", sandbox(), m_name)); }

SshKey load_key(const std::filesystem::path& path, const char* passphrase) {
    const std::string text = read_text(path);
    const Secret secret{std::string_view(passphrase == nullptr ? "" : passphrase)};
    return SshKey::parse(path.filename().string(), as_bytes(text), passphrase == nullptr ? nullptr : &secret);
}

}  // namespace umsadm::test
