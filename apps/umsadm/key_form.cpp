#include "key_form.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "inventory_loading.hpp"

namespace umsadm::app {
namespace {

void require_readable(const Secret& pem, const StoredCertificate& stored, const Secret* password) {
    if (PrivateKey::from_pem(pem.reveal(), password).fits(stored.certificate)) return;
    throw Error(Code::failed,
                fmt::format("the new form of the private key of {} is not the same key", in_quotes(stored.label())));
}

void require_unchanged(const Site& site, const StoredCertificate& stored) {
    const Inventory inventory = load_inventory(site);
    const StoredCertificate* const present = inventory.find(stored.record.fingerprint);
    if (present != nullptr && present->record == stored.record) return;
    throw Error(Code::failed, fmt::format("the certificate {} was changed meanwhile", in_quotes(stored.label())),
                "try again");
}

}  // namespace

void store_key_form(Context& ctx, const Site& site, const StoredCertificate& stored, const PrivateKey& key,
                    const Secret* password) {
    const Secret pem = password == nullptr ? key.to_pem() : Secret(std::string_view(key.to_encrypted_pem(*password)));
    require_readable(pem, stored, password);
    ctx.cancellation.check();

    const FileLock lock = site.lock(ctx.lock_deadline());
    require_unchanged(site, stored);
    const Secret before = load_key_pem(site, stored.record.fingerprint);
    CertificateRecord record = stored.record;
    record.key = password == nullptr ? StoredKey::plain : StoredKey::encrypted;
    replace_key(site, record, pem);
    try {
        require_readable(load_key_pem(site, record.fingerprint), stored, password);
    } catch (const Error& error) {
        replace_key(site, stored.record, before);
        throw Error(Code::restored,
                    fmt::format("what was stored could not be read, the old form is back: {}", error.message()));
    }
}

}  // namespace umsadm::app
