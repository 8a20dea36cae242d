#pragma once

#include <map>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/jobs/update_keystore.hpp"
#include "umsadm/pki/profile.hpp"

// A site with one root and certificates for a gateway, and that gateway's keystore, all in memory.
// Keys are EC P-256: RSA would only make the tests slow.
namespace umsadm::test {

inline const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

struct TestSite {
    struct Item {
        CertificateRecord record;
        Certificate certificate;
        PrivateKey key;
    };
    std::vector<Item> items;
    std::map<std::string, Fingerprint> used;

    const Item& add_root(const std::string& name) {
        const Issued root =
            issue_root({name, {}, KeySpec::parse("ec:p256"), k_now + std::chrono::days(3650), {}}, k_now);
        return keep(name, 1, root);
    }

    const Item& add_leaf(const std::string& name, int generation, const std::string& root, const std::string& hosts,
                         std::chrono::days life = std::chrono::days(365)) {
        const Item issuer = get(root, 1);
        SignedRequest request;
        request.name = name;
        request.hosts = parse_host_list(hosts);
        request.key = KeySpec::parse("ec:p256");
        request.not_after = k_now + life;
        return keep(name, generation, issue_signed(request, {issuer.certificate}, issuer.key, k_now));
    }

    const Item& get(const std::string& name, int generation) const {
        for (const Item& item : items) {
            if (item.record.name == name && item.record.generation == generation) return item;
        }
        throw Error(Code::not_found, "the test has no " + name);
    }

    Inventory inventory() const {
        std::vector<CertificateFiles> files;
        for (const Item& item : items) files.push_back({item.record, item.certificate.pem()});
        return Inventory(files, used);
    }

    Chain chain(const Item& leaf) const {
        std::vector<Certificate> pool;
        for (const Item& item : items) pool.push_back(item.certificate);
        return build_chain(leaf.certificate, pool, k_now);
    }

private:
    const Item& keep(const std::string& name, int generation, const Issued& issued) {
        CertificateRecord record{
            name, generation, issued.certificate.fingerprint(), k_now, CertificateOrigin::created, StoredKey::plain};
        items.push_back({record, issued.certificate, issued.key});
        return items.back();
    }
};

// The gateway "berlin": its keystore holds the entry "icg" and two trusted entries.
struct GatewayState {
    Secret password{std::string_view("store-secret")};
    Keystore keystore;
    Gateway gateway;

    GatewayState(const TestSite& site, const TestSite::Item& leaf, StoreFormat format = StoreFormat::jks) {
        keystore = new_keystore(format, "icg", leaf.key, site.chain(leaf), password, 1'700'000'000'000);
        for (const char* alias : {"trusted-one", "trusted-two"}) {
            const Issued other =
                issue_root({alias, {}, KeySpec::parse("ec:p256"), k_now + std::chrono::days(10), {}}, k_now);
            keystore.entries.emplace_back(TrustedEntry{alias, 1'700'000'000'000, other.certificate.der()});
        }
        gateway.name = "berlin";
        gateway.host = "icg.example.com";
    }

    RemoteState remote_state() const {
        RemoteState state;
        state.keystore.path = "/opt/IGEL/icg/usg/keys/keystore.jks";
        state.keystore.content = encode_keystore(keystore, password);
        state.keystore.digest = sha256_hex(state.keystore.content);
        state.has_systemd_service = true;
        return state;
    }

    CurrentOnGateway current(const std::vector<Certificate>& served) const {
        CurrentOnGateway result{read_present_keystore(remote_state().keystore, {&password, nullptr}, ""), {}};
        result.served.chain = served;
        result.served.health = Health::ok;
        return result;
    }
};

}  // namespace umsadm::test
