#include "lib/remote/ssh_identity.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include <fmt/format.h>

#include "lib/remote/ssh_agent.hpp"
#include "lib/remote/ssh_key_data.hpp"
#include "lib/remote/wire.hpp"

namespace umsadm::remote {
namespace {

struct SignRequest {
    const Identity& identity;
    const std::string& algorithm;
    std::exception_ptr error;
};

// libssh2 takes the signature over with free(). No exception may pass through its C code.
int sign_for_libssh2(LIBSSH2_SESSION* /*session*/, unsigned char** signature, size_t* size, const unsigned char* data,
                     size_t data_size, void** abstract) {
    auto& request = *static_cast<SignRequest*>(*abstract);
    try {
        const Bytes bytes = request.identity.sign(request.algorithm, {data, data_size});
        *signature = static_cast<unsigned char*>(std::malloc(std::max<std::size_t>(1, bytes.size())));
        if (*signature == nullptr) return -1;
        std::memcpy(*signature, bytes.data(), bytes.size());
        *size = bytes.size();
        return 0;
    } catch (...) {
        request.error = std::current_exception();
        return -1;
    }
}

// libssh2 1.10 knows no rsa-sha2 signatures, but takes the algorithm from the start of the key blob, and OpenSSH reads
// a blob that starts so as the RSA key that it is.
Bytes blob_for_libssh2(const Identity& identity, const std::string& algorithm) {
    if (algorithm == identity.type) return identity.blob;
    WireReader reader(identity.blob, "the public key");
    reader.text();
    Bytes blob = WireWriter().string(algorithm).take();
    blob.insert(blob.end(), reader.rest().begin(), reader.rest().end());
    return blob;
}

}  // namespace

std::string signature_algorithm(std::string_view key_type, std::string_view banner) {
    if (key_type != "ssh-rsa") return std::string(key_type);
    constexpr std::string_view k_openssh = "SSH-2.0-OpenSSH_";
    if (!banner.starts_with(k_openssh)) return "ssh-rsa";
    banner.remove_prefix(k_openssh.size());
    int major = 0;
    int minor = 0;
    const char* end = banner.data() + banner.size();
    const auto after_major = std::from_chars(banner.data(), end, major).ptr;
    if (after_major != end) std::from_chars(after_major + 1, end, minor);
    // The first release with rsa-sha2 signatures.
    return major > 7 || (major == 7 && minor >= 2) ? "rsa-sha2-512" : "ssh-rsa";
}

Identity identity_of(const SshKey& key) {
    return {key.name(), key.type(), key.public_blob(),
            [key](std::string_view algorithm, ByteView data) { return sign_for_ssh(key, algorithm, data); }};
}

void add_agent_identities(std::vector<Identity>& identities, const std::string& socket_path,
                          const std::vector<Bytes>& only, const Deadline& deadline) {
    const auto agent = std::make_shared<SshAgent>(socket_path);
    for (const SshAgent::Identity& found : agent->identities(deadline)) {
        const auto same = [&](const Identity& known) { return known.blob == found.blob; };
        if (std::any_of(identities.begin(), identities.end(), same)) continue;
        if (!only.empty() && std::find(only.begin(), only.end(), found.blob) == only.end()) continue;
        const std::string type(WireReader(found.blob, "a key of the ssh-agent").text());
        identities.push_back({fmt::format("{} (agent)", found.comment), type, found.blob,
                              [agent, blob = found.blob, deadline](std::string_view algorithm, ByteView data) {
                                  return agent->sign(blob, algorithm, data, deadline);
                              }});
    }
}

IdentityAnswer offer_identity(SshSession& session, const std::string& user, const Identity& identity,
                              const Deadline& deadline) {
    const std::string algorithm = signature_algorithm(identity.type, session.banner());
    const Bytes blob = blob_for_libssh2(identity, algorithm);
    SignRequest request{identity, algorithm, nullptr};
    void* abstract = &request;
    const int rc = session.finish(deadline, "logging in", [&] {
        return libssh2_userauth_publickey(session.raw(), user.c_str(), blob.data(), blob.size(), sign_for_libssh2,
                                          &abstract);
    });
    if (request.error) std::rethrow_exception(request.error);
    switch (rc) {
        case 0: return IdentityAnswer::accepted;
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED: return IdentityAnswer::unknown;
        case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED: return IdentityAnswer::refused_after_signature;
        default: return IdentityAnswer::closed;
    }
}

}  // namespace umsadm::remote
