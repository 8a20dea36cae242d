#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/deploy/ums_id_store.hpp"
#include "umsadm/registry/server.hpp"

#include "gateway_box.hpp"

namespace umsadm::test {

struct ExistingBox {
    Path folder;
};

// A UMS Server on this machine (tests/sandbox/ums_server.sh): the stand-in of umsadmin-cli or a PKCS#12 file, and a
// process that loads the UMS ID when it starts and serves TLS. `options` are those of the script.
class ServerBox {
public:
    explicit ServerBox(const std::string& options = "");
    // One that another object, of a process of before, has made and stops.
    explicit ServerBox(const ExistingBox& existing);
    ~ServerBox();
    ServerBox(const ServerBox&) = delete;
    ServerBox& operator=(const ServerBox&) = delete;

    Server server;
    std::unique_ptr<RemoteHost> host;

    const Path& folder() const noexcept { return m_folder; }
    Path state() const { return folder() / "state"; }
    // As the sandbox says it: SSH_PORT, ...
    std::string setting(const std::string& name) const;
    std::unique_ptr<RemoteHost> connect_over_ssh() const;

    // Makes the sandbox misbehave, and behave again.
    void control(const std::string& name, const std::string& text = "") const;
    void behave(const std::string& name) const;

    std::unique_ptr<UmsIdStore> store() const { return open_ums_id_store(*host, server); }
    // What a store showed, made sense of, as jobs does it. Throws Code::invalid_data.
    std::optional<Fingerprint> identify(const UmsIdReading& reading) const;
    // The UMS ID that the server has, as openssl finds it; empty: none or a broken one.
    std::optional<Fingerprint> ums_id() const;
    // The one that its process loaded at its start.
    std::optional<Fingerprint> loaded_ums_id() const;
    bool is_restart_pending() const { return store()->look(ums_id()).restart_pending; }
    void restart_by_hand() const;
    void stop_by_hand() const;

    // Everything below the state folder, "backups/RUN/backup", and the drafts beside a PKCS#12 file; sorted.
    std::vector<std::string> files_left() const;

private:
    void read_env();

    std::optional<TemporaryFolder> m_temporary;  // of one's own
    Path m_folder;
    std::vector<std::string> m_env;
};

// What a shell command printed. Throws when it fails.
std::string output_of(const std::string& command);
// Says why when tests on sandboxes cannot run here.
bool has_sandbox_or_says_why();

}  // namespace umsadm::test
