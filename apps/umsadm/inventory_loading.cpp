#include "inventory_loading.hpp"

#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm::app {

Inventory load_inventory(const Site& site) { return load_inventory(site, load_certificates(site)); }

Inventory load_inventory(const Site& site, const std::vector<CertificateFiles>& certificates) {
    std::map<std::string, Fingerprint> used;
    for (const Gateway& gateway : load_gateways(site)) {
        const Journal journal(site.gateway_journal(gateway.name), Clock{});
        if (const auto fingerprint = used_certificate(journal.load())) used[gateway.name] = *fingerprint;
    }
    return {certificates, std::move(used)};
}

}  // namespace umsadm::app
