#include "certificate_renewal.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/profile.hpp"

#include "auditing.hpp"
#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

std::vector<Certificate> issuer_chain_of(const StoredCertificate& current, const Inventory& inventory, UtcTime now) {
    std::vector<Certificate> chain = inventory.chain_of(current.certificate, now).certificates;
    chain.erase(chain.begin());
    if (!chain.empty()) return chain;
    throw Error(Code::not_found,
                fmt::format("the issuer {} of {} is not in the site", in_quotes(current.certificate.issuer()),
                            in_quotes(current.label())),
                "add it and its private key with \"umsadm cert import\"");
}

void refuse_new_key_of_ca(const StoredCertificate& current, bool reuse_key) {
    if (reuse_key || type_of(current.certificate) == CertificateType::end_entity) return;
    throw Error(
        Code::refused,
        fmt::format("{} is a CA, and with a new key it would be another one", in_quotes(current.label())),
        "extend it with --reuse-key; a new one is made with \"umsadm cert create-root\" or \"umsadm cert create "
        "--type ca\"");
}

// The key of the next generation, and how the site keeps it: as it keeps that of the current one.
PrivateKey keep_key(Context& ctx, const Site& site, const StoredCertificate& current,
                    const std::optional<SecretSource>& password, NewInSite& wanted) {
    PrivateKey key = load_signing_key(ctx, site, current, password, "--key-password");
    wanted.key_uri = current.record.key_uri;
    if (current.record.key == StoredKey::encrypted) {
        wanted.key_password = ctx.secrets.read(password, password_of_key(current));
    }
    return key;
}

SignedRequest request_for(const StoredCertificate& current, const RenewalOptions& options, UtcTime now) {
    SignedRequest request = renewal_request(current.record.name, current.certificate, now);
    if (const auto end = wanted_end(options.lifetime, now)) request.not_after = *end;
    if (options.key) request.key = *options.key;
    return request;
}

}  // namespace

Fingerprint renew_certificate(Context& ctx, const Site& site, const StoredCertificate& current,
                              const Inventory& inventory, IssuerKeys& issuer_keys, const RenewalOptions& options) {
    refuse_new_key_of_ca(current, options.reuse_key);
    const UtcTime now = ctx.now();
    const SignedRequest request = request_for(current, options, now);
    const bool is_root = type_of(current.certificate) == CertificateType::root;
    std::vector<Certificate> issuer_chain;
    if (!is_root) issuer_chain = issuer_chain_of(current, inventory, now);

    NewInSite wanted{
        .name = current.record.name, .certificate = current.certificate, .origin = CertificateOrigin::renewed};
    std::optional<PrivateKey> key;
    if (is_root) {
        key = keep_key(ctx, site, current, options.key_password ? options.key_password : options.root_key_password,
                       wanted);
        wanted.certificate = extend_root(current.certificate, *key, request.not_after, now);
    } else if (options.reuse_key) {
        key = keep_key(ctx, site, current, options.key_password, wanted);
        const PrivateKey& issuer_key = issuer_keys.key_of(issuer_chain.front(), inventory);
        wanted.certificate = issue_for_key(request, issuer_chain, issuer_key, *key, now);
    } else {
        const PrivateKey& issuer_key = issuer_keys.key_of(issuer_chain.front(), inventory);
        warn_about_key(request.key, ctx.out);
        Issued issued = issue_signed(request, issuer_chain, issuer_key, now);
        wanted.certificate = std::move(issued.certificate);
        key = std::move(issued.key);
    }
    wanted.key = wanted.key_uri.empty() ? &*key : nullptr;
    ctx.cancellation.check();

    const FileLock lock = site.lock(ctx.lock_deadline());
    const CertificateRecord record = store_in_site(site, wanted, now);
    audit_done(ctx, site,
               {.action = "cert renew",
                .subject = fmt::format("{}@{}", record.name, record.generation),
                .old_fingerprint = current.record.fingerprint,
                .new_fingerprint = record.fingerprint});
    return record.fingerprint;
}

const PrivateKey& signing_key_for(const StoredCertificate& current, const Inventory& inventory, IssuerKeys& issuer_keys,
                                  UtcTime now) {
    return issuer_keys.key_of(issuer_chain_of(current, inventory, now).front(), inventory);
}

}  // namespace umsadm::app
