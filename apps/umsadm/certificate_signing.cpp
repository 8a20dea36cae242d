#include "certificate_signing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"

#include "certificate_selection.hpp"
#include "file_kind.hpp"
#include "input_limit.hpp"
#include "signing_key.hpp"

namespace umsadm::app {
namespace {

constexpr std::string_view k_password_option = "--root-key-password";

// The content is wiped when it is not needed any more: there is a key in it.
Secret read_key_file(const Path& file) {
    Bytes content = read_file(file, k_file_limit);
    Secret secret{ByteView(content)};
    wipe_memory(content.data(), content.size());
    return secret;
}

std::optional<std::string> private_key_block(std::string_view text) {
    for (PemBlock& block : find_pem_blocks(text)) {
        if (block.label.ends_with("PRIVATE KEY")) return std::move(block.text);
    }
    return std::nullopt;
}

PrivateKey read_key(Context& ctx, const std::string& file, const std::optional<SecretSource>& password) {
    return with_context(fmt::format("reading the key {}", in_quotes(file)), [&] {
        const Secret content = read_key_file(file);
        if (kind_of_file(content.reveal_bytes()) != FileKind::pem) return PrivateKey::from_der(content.reveal_bytes());
        const auto block = private_key_block(content.reveal());
        if (!block) {
            throw Error(Code::usage, "there is no private key in it",
                        "name the key with --root-key FILE, or --root-key pkcs11:URI when it is in a token");
        }
        const Secret pem{std::string_view(*block)};
        const bool encrypted = is_encrypted_pem(pem.reveal());
        if (encrypted && !password) {
            throw Error(Code::usage, "the private key is encrypted",
                        fmt::format("give its password with {} SRC", k_password_option));
        }
        const Secret* const passphrase =
            encrypted ? ctx.secrets.read(password, fmt::format("password of the key {}", in_quotes(file))) : nullptr;
        return PrivateKey::from_pem(pem.reveal(), passphrase);
    });
}

PrivateKey key_of_signer(Context& ctx, const Site* site, const Inventory& inventory, const SignerOptions& options,
                         const SelectedCertificate& root) {
    if (to_lower(options.root_key).starts_with("pkcs11:")) {
        return open_token_key(ctx, options.root_key, "the signing key", options.root_key_password, k_password_option);
    }
    if (!options.root_key.empty()) return read_key(ctx, options.root_key, options.root_key_password);
    if (root.stored == nullptr) return read_key(ctx, options.root, options.root_key_password);
    return IssuerKeys(ctx, *site, options.root_key_password).key_of(root.certificate, inventory);
}

// Of the certificates of a file the one that the key belongs to.
Certificate certificate_of(const PrivateKey& key, const SelectedCertificate& root) {
    std::vector<Certificate> all = root.beside_it;
    if (all.empty()) all.push_back(root.certificate);
    const auto found = std::find_if(all.begin(), all.end(), [&](const Certificate& one) { return key.fits(one); });
    if (found != all.end()) return *found;
    throw Error(Code::refused, fmt::format("the key is not the private key of {}", in_quotes(root.label())),
                "name the key that belongs to it with --root-key");
}

CertificateType decided_type(const CertificationRequest& asked, const SigningChoices& choices) {
    if (choices.type) return *choices.type;
    const auto& constraints = asked.basic_constraints();
    if (!constraints || !constraints->ca) return CertificateType::end_entity;
    throw Error(Code::refused, "the request asks for a CA, which could sign certificates of its own",
                "say --type ca to sign an intermediate, or --type end-entity to sign it for a gateway");
}

std::vector<HostName> decided_hosts(const CertificationRequest& asked, const SigningChoices& choices) {
    if (!choices.hosts.empty()) return choices.hosts;
    if (!asked.unusable_hosts().empty()) {
        throw Error(Code::refused,
                    fmt::format("the request asks for the name {}, which no certificate may have",
                                in_quotes(asked.unusable_hosts().front())),
                    "say which names it gets with --host");
    }
    return asked.hosts();
}

}  // namespace

Signer load_signer(Context& ctx, const Site* site, const Inventory& inventory, const SignerOptions& options) {
    const SelectedCertificate root = select_certificate(inventory, options.root);
    PrivateKey key = key_of_signer(ctx, site, inventory, options, root);
    Certificate certificate = certificate_of(key, root);
    std::vector<Certificate> pool = inventory.issuers();
    pool.insert(pool.end(), root.beside_it.begin(), root.beside_it.end());
    const std::string label = root.stored == nullptr ? certificate.subject() : root.label();
    return {build_chain(certificate, pool, ctx.now()).certificates, std::move(key), label};
}

CertificationRequest read_request_file(const Path& file) {
    return with_context(fmt::format("reading the request {}", in_quotes(file.string())), [&] {
        const Bytes content = read_file(file, k_file_limit);
        if (as_text(content).find("-----BEGIN") == std::string_view::npos) {
            return CertificationRequest::from_der(content);
        }
        return CertificationRequest::from_pem(as_text(content));
    });
}

SignedRequest decide(const CertificationRequest& asked, const SigningChoices& choices) {
    SignedRequest request;
    request.type = decided_type(asked, choices);
    const bool is_ca = request.type == CertificateType::intermediate;
    if (is_ca && !choices.hosts.empty()) throw Error(Code::usage, "a certificate of --type ca has no --host");
    if (!is_ca && choices.path_length) throw Error(Code::usage, "--path-length belongs to --type ca");
    if (!is_ca) request.hosts = decided_hosts(asked, choices);
    if (!is_ca && request.hosts.empty()) {
        throw Error(Code::usage, "the request names no host, and a certificate for a gateway needs its names",
                    "say which names it gets with --host");
    }
    if (is_ca) request.path_length = choices.path_length;
    if (is_ca && !request.path_length && asked.basic_constraints()) {
        request.path_length = asked.basic_constraints()->path_length;
    }
    request.subject = asked.subject_fields();
    // Public CAs leave the subject away; here somebody has to be able to read whose it is.
    if (asked.subject().empty()) {
        if (request.hosts.empty()) throw Error(Code::refused, "the request names no subject");
        request.subject.common_name = request.hosts.front().text();
    } else {
        request.subject_der = asked.subject_der();
    }
    request.name = request.subject.common_name;
    request.key = asked.key();
    request.not_after = choices.not_after;
    return request;
}

}  // namespace umsadm::app
