#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

// "SHA256:" and the unpadded Base64 of the SHA-256 over the key blob, as ssh-keygen -l prints it.
struct HostKey {
    std::string type;         // "ssh-ed25519"
    Bytes blob;               // RFC 4253, 6.6
    std::string fingerprint;  // "SHA256:..."
};

HostKey make_host_key(ByteView blob);

// The lines of an OpenSSH known_hosts file that concern a host (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): markers,
// hashed names, patterns, [host]:port. Lines that cannot be read are passed over.
struct KnownHostKeys {
    enum class Verdict { match, changed, revoked, other_type_only, unknown };

    struct Entry {
        std::string type;
        Bytes blob;
        bool revoked = false;
    };
    std::vector<Entry> entries;

    Verdict judge(const HostKey& offered) const;
};

KnownHostKeys find_known_host(std::string_view known_hosts_text, std::string_view host, std::uint16_t port);

}  // namespace umsadm
