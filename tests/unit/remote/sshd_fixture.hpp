#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/remote/ssh_host.hpp"

#include "unit/error_of.hpp"

namespace umsadm::test {

// A folder of its own, removed in the end. Others may pass through it: sshd reads a user's keys as that user.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

struct ShellOutcome {
    int status = 0;
    std::string out;
};
// Runs a shell command; its error output goes where ours goes.
ShellOutcome shell(const std::string& command);

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

// Why tests with users and sudo cannot run here; nothing when they can.
std::optional<std::string> why_no_sshd();
// The same for a test case, which says why it is skipped.
bool cannot_run();

// A real sshd (tests/sandbox/sshd.sh) that lives as long as this object.
class Sshd {
public:
    explicit Sshd(const std::vector<std::string>& config = {});
    ~Sshd();
    Sshd(const Sshd&) = delete;
    Sshd& operator=(const Sshd&) = delete;

    std::uint16_t port() const noexcept { return m_port; }
    std::filesystem::path folder() const { return m_folder.path() / "sshd"; }
    std::string log() const { return read_text(folder() / "log"); }
    std::string fingerprint(const std::string& type = "ed25519") const;
    // "ssh-ed25519 AAAA..."
    std::string public_key(const std::string& type = "ed25519") const;
    // Makes a key pair with ssh-keygen, allows it to log in, and returns the path of the private key.
    std::filesystem::path add_key(const std::string& name, const std::string& keygen_options) const;

    // A target with the host key pinned.
    SshTarget target(const std::string& user) const;

private:
    TempFolder m_folder;
    std::uint16_t m_port = 0;
};

// A user of this machine, for the length of a test.
class TestUser {
public:
    explicit TestUser(const std::string& sudo);
    ~TestUser();
    TestUser(const TestUser&) = delete;
    TestUser& operator=(const TestUser&) = delete;

    const std::string& name() const noexcept { return m_name; }
    const Secret& password() const noexcept { return m_password; }

private:
    std::string m_name;
    Secret m_password;
};

SshKey load_key(const std::filesystem::path& path, const char* passphrase = nullptr);

}  // namespace umsadm::test
