#include "certificate_renewal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/profile.hpp"

#include "auditing.hpp"
#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

// The certificate of the site that has the private key of `issuer`: itself, or the same authority with other dates.
const StoredCertificate& owner_of_key(const Certificate& issuer, const Inventory& inventory) {
    const auto& all = inventory.all();
    const auto found = std::find_if(all.begin(), all.end(), [&](const StoredCertificate& stored) {
        return stored.has_key() && stored.certificate.public_key_der() == issuer.public_key_der();
    });
    if (found != all.end()) return *found;
    throw Error(Code::not_found,
                fmt::format("the private key of the issuer {} is not in the site", in_quotes(issuer.subject())),
                "add it with \"umsadm cert import\"");
}

std::vector<Certificate> issuer_chain_of(const StoredCertificate& current, const Inventory& inventory, UtcTime now) {
    std::vector<Certificate> chain = inventory.chain_of(current.certificate, now).certificates;
    chain.erase(chain.begin());
    if (!chain.empty()) return chain;
    throw Error(Code::not_found,
                fmt::format("the issuer {} of {} is not in the site", in_quotes(current.certificate.issuer()),
                            in_quotes(current.label())),
                "add it and its private key with \"umsadm cert import\"");
}

void refuse_ca(const StoredCertificate& current) {
    if (type_of(current.certificate) == CertificateType::end_entity) return;
    throw Error(
        Code::refused,
        fmt::format("{} is a CA, and only certificates of gateways are renewed", in_quotes(current.label())),
        "a new root or intermediate is made with \"umsadm cert create-root\" or \"umsadm cert create --type ca\"");
}

}  // namespace

Fingerprint renew_certificate(Context& ctx, const Site& site, const StoredCertificate& current,
                              const Inventory& inventory, const RenewalOptions& options) {
    refuse_ca(current);
    const UtcTime now = ctx.now();
    SignedRequest request = renewal_request(current.record.name, current.certificate, now);
    if (const auto end = wanted_end(options.lifetime, now)) request.not_after = *end;
    if (options.key) request.key = *options.key;
    const auto issuer_chain = issuer_chain_of(current, inventory, now);
    const StoredCertificate& owner = owner_of_key(issuer_chain.front(), inventory);
    const PrivateKey issuer_key = load_private_key(ctx, site, owner, options.root_key_password, "--root-key-password");

    NewInSite wanted{
        .name = current.record.name, .certificate = current.certificate, .origin = CertificateOrigin::renewed};
    std::optional<PrivateKey> key;
    if (options.reuse_key) {
        key = load_private_key(ctx, site, current, options.key_password, "--key-password");
        if (current.record.key == StoredKey::encrypted) {
            wanted.key_password = ctx.secrets.read(options.key_password, password_of_key(current));
        }
        wanted.certificate = issue_for_key(request, issuer_chain, issuer_key, *key, now);
    } else {
        warn_about_key(request.key, ctx.out);
        Issued issued = issue_signed(request, issuer_chain, issuer_key, now);
        wanted.certificate = std::move(issued.certificate);
        key = std::move(issued.key);
    }
    wanted.key = &*key;
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

}  // namespace umsadm::app
