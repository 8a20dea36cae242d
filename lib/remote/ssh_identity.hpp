#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/remote/ssh_key.hpp"

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// A key that can sign, wherever it is: in a file that was read, or in an agent.
struct Identity {
    std::string name;  // for messages
    std::string type;
    Bytes blob;
    std::function<Bytes(std::string_view algorithm, ByteView data)> sign;
};

Identity identity_of(const SshKey& key);
// Adds the agent's keys that are not there yet: all of them, or of those whose blobs are in `only`, when there are any
// in it. Throws Code::login_refused when there is no usable agent.
void add_agent_identities(std::vector<Identity>& identities, const std::string& socket_path,
                          const std::vector<Bytes>& only, const Deadline& deadline);

enum class IdentityAnswer { accepted, unknown, refused_after_signature, closed };

// Offers one key to the server. `refused_after_signature` may be a partial success.
// Throws what the signing throws.
IdentityAnswer offer_identity(SshSession& session, const std::string& user, const Identity& identity,
                              const Deadline& deadline);

// The signature algorithm to use with a server that showed this banner.
std::string signature_algorithm(std::string_view key_type, std::string_view banner);

}  // namespace umsadm::remote
