#include "certificate_storing.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {

CertificateRecord store_in_site(const Site& site, const NewInSite& wanted, UtcTime now) {
    CertificateRecord record{.name = wanted.name,
                             .generation = next_generation(site, wanted.name),
                             .fingerprint = wanted.certificate.fingerprint(),
                             .added = now,
                             .origin = wanted.origin,
                             .key = StoredKey::none};
    const std::string pem = wanted.certificate.pem();
    if (!wanted.key_uri.empty()) {
        record.key = StoredKey::token;
        record.key_uri = wanted.key_uri;
        store_certificate(site, record, pem, nullptr);
        return record;
    }
    if (wanted.key == nullptr) {
        store_certificate(site, record, pem, nullptr);
        return record;
    }
    record.key = wanted.key_password == nullptr ? StoredKey::plain : StoredKey::encrypted;
    const Secret key_pem = wanted.key_password == nullptr
                               ? wanted.key->to_pem()
                               : Secret(std::string_view(wanted.key->to_encrypted_pem(*wanted.key_password)));
    store_certificate(site, record, pem, &key_pem);
    return record;
}

void refuse_taken_name(const Inventory& inventory, const std::string& name) {
    const StoredCertificate* const taken = inventory.newest(name);
    if (taken == nullptr) return;
    const bool is_root = type_of(taken->certificate) == CertificateType::root;
    throw Error(Code::failed, fmt::format("a certificate called {} is there already", in_quotes(name)),
                is_root ? std::string("choose another name")
                        : fmt::format("renew it with \"umsadm cert renew\", or choose another name"));
}

std::string password_of_key(const StoredCertificate& owner) {
    return fmt::format("password of the private key of {}", in_quotes(owner.label()));
}

PrivateKey load_private_key(Context& ctx, const Site& site, const StoredCertificate& owner,
                            const std::optional<SecretSource>& password, std::string_view option) {
    const std::string label = in_quotes(owner.label());
    if (!owner.has_key()) {
        throw Error(Code::not_found, fmt::format("the private key of {} is not in the site", label),
                    "add it with \"umsadm cert import\"");
    }
    if (!owner.has_key_file()) {
        throw Error(Code::refused, fmt::format("the private key of {} is in a token and cannot leave it", label),
                    "a keystore or a file needs a certificate whose key is in the site");
    }
    const Secret* passphrase = nullptr;
    if (owner.record.key == StoredKey::encrypted) {
        if (!password) {
            throw Error(Code::usage, fmt::format("the private key of {} is encrypted", label),
                        fmt::format("give its password with {} SRC", option));
        }
        passphrase = ctx.secrets.read(password, password_of_key(owner));
    }
    return with_context(fmt::format("reading the private key of {}", label), [&] {
        const Secret pem = load_key_pem(site, owner.record.fingerprint);
        PrivateKey key = PrivateKey::from_pem(pem.reveal(), passphrase);
        if (key.fits(owner.certificate)) return key;
        throw Error(Code::invalid_data, "it is the key of another certificate", "put the file back from a backup");
    });
}

}  // namespace umsadm::app
