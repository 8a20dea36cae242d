#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/deploy/execute.hpp"
#include "umsadm/deploy/plan.hpp"

#include "tls_server.hpp"

namespace umsadm::test {

// A folder that goes with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const Path& path() const noexcept { return m_path; }

private:
    Path m_path;
};

// A private key with its chain in PEM: what our gateway has for a keystore.
struct Identity {
    Bytes pem;
    std::vector<Fingerprint> chain;  // leaf first
};
Identity make_identity(const std::string& name);
Identity read_identity(const Path& file);

// The gateway on disk: what a test program and its killed children share.
struct BoxFiles {
    explicit BoxFiles(Path the_folder) : folder(std::move(the_folder)) {}

    Path folder;
    Path live() const { return folder / "keys" / "keystore.jks"; }
    Path loaded() const { return folder / "loaded.pem"; }
    Path health() const { return folder / "health"; }
    Path journal() const { return folder / "journal" / "berlin.jsonl"; }
    Path identity(const std::string& name) const { return folder / (name + ".pem"); }

    // A restart: the server loads what is in place now.
    std::string restart_command() const;
    UpdatePlan plan(std::uint16_t port) const;
    std::vector<std::string> files_beside_keystore() const;  // without the keystore itself
};

// A gateway on this machine: a keystore that the server below loads when it is restarted, serving the identity "old".
class GatewayBox {
public:
    GatewayBox();

    BoxFiles files;
    Identity old_identity;
    Identity new_identity;
    UpdatePlan plan;  // old to new
    std::unique_ptr<RemoteHost> host;
    std::function<std::unique_ptr<RemoteHost>()> connect;  // preset: this machine again
    std::chrono::milliseconds reconnect_for{5000};
    Cancellation cancellation;
    std::vector<std::string> progress;
    std::function<void(std::string_view)> on_progress;
    Probe probe;  // preset: direct

    ExecuteContext context();
    Journal journal() const;
    Outcome execute();
    // Settles the unfinished run; a failure when there is none.
    Outcome settle();

    bool lives(const Identity& identity) const;  // the live file is this one, whole
    bool serves(const Identity& identity) const;
    std::optional<RunEnd> last_end() const;

    std::uint16_t port() const noexcept { return m_server.port(); }

private:
    TemporaryFolder m_folder;
    TlsServer m_server;
    std::optional<Journal> m_journal;  // of the newest context
    std::vector<JournalRun> m_runs;    // when that was made
};

// The journal's clock of the tests.
UtcTime test_now();
Probe direct_probe();
std::unique_ptr<RemoteHost> this_machine(const Cancellation* cancellation = nullptr);
void write_text(const Path& file, std::string_view text);
// Tests work on real files as root; says why when it cannot be.
bool is_root_or_says_why();

}  // namespace umsadm::test
