#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/pki/profile.hpp"

#include "context.hpp"

namespace umsadm::app {

// Who signs: a root or intermediate with its key.
struct SignerOptions {
    std::string root;      // of the site, or a file (with a '/')
    std::string root_key;  // a file or a PKCS#11 URI; empty: in the site, or in the file of `root`
    std::optional<SecretSource> root_key_password;
};

struct Signer {
    std::vector<Certificate> chain;  // itself first, up to its root as far as it is known
    PrivateKey key;
    std::string label;  // without quotes
};

// `site` is null when `root` is a file: nothing of a site is needed then. Throws Code::refused when the key is not that
// of the certificate, else as reading does.
Signer load_signer(Context& ctx, const Site* site, const Inventory& inventory, const SignerOptions& options);

// A request from a file, PEM or DER.
CertificationRequest read_request_file(const Path& file);

// What the user decides instead of the request.
struct SigningChoices {
    std::optional<CertificateType> type;
    std::vector<HostName> hosts;
    std::optional<int> path_length;
    UtcTime not_after;
};

// What the certificate will say: what is asked for, as far as the user does not say otherwise. Throws Code::refused for
// a CA that the user did not say, and for names that no certificate may have; Code::usage for choices that contradict.
SignedRequest decide(const CertificationRequest& asked, const SigningChoices& choices);

}  // namespace umsadm::app
