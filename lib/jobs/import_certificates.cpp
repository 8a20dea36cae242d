#include "umsadm/jobs/import_certificates.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/jobs/import_names.hpp"

namespace umsadm {
namespace {

// Each certificate once; issuers before what they signed, older before newer, so that generations count upwards.
std::vector<Certificate> in_order(const std::vector<FoundCertificate>& found) {
    std::vector<Certificate> all;
    for (const FoundCertificate& one : found) {
        if (std::find(all.begin(), all.end(), one.certificate) == all.end()) all.push_back(one.certificate);
    }
    std::stable_sort(all.begin(), all.end(), [](const Certificate& a, const Certificate& b) {
        return std::pair(type_of(a), a.not_before()) < std::pair(type_of(b), b.not_before());
    });
    return all;
}

std::optional<std::size_t> key_of(const Certificate& certificate, const std::vector<FoundKey>& keys) {
    const auto fits = [&](const FoundKey& found) { return found.key.fits(certificate); };
    const auto found = std::find_if(keys.begin(), keys.end(), fits);
    if (found == keys.end()) return std::nullopt;
    return static_cast<std::size_t>(found - keys.begin());
}

void require_owners(const ImportRequest& request, const Inventory& inventory) {
    for (const FoundKey& found : request.keys) {
        const bool owned =
            std::any_of(request.certificates.begin(), request.certificates.end(),
                        [&](const FoundCertificate& one) { return found.key.fits(one.certificate); }) ||
            std::any_of(inventory.all().begin(), inventory.all().end(),
                        [&](const StoredCertificate& stored) { return found.key.fits(stored.certificate); });
        if (!owned) {
            throw Error(Code::invalid_data,
                        fmt::format("the private key in {} belongs to no certificate of the files or the site",
                                    in_quotes(found.source)),
                        "name the file with its certificate as well");
        }
    }
}

std::vector<std::string> find_missing_issuers(const std::vector<Certificate>& certificates, const Inventory& inventory,
                                              UtcTime now) {
    std::vector<Certificate> pool = inventory.issuers();
    pool.insert(pool.end(), certificates.begin(), certificates.end());
    std::vector<std::string> missing;
    for (const Certificate& certificate : certificates) {
        const Chain chain = build_chain(certificate, pool, now);
        if (chain.complete) continue;
        const std::string& issuer = chain.top().issuer();
        if (std::find(missing.begin(), missing.end(), issuer) == missing.end()) missing.push_back(issuer);
    }
    return missing;
}

void refuse_missing(const std::vector<std::string>& issuers) {
    std::string names;
    for (const std::string& issuer : issuers) names += (names.empty() ? "" : ", ") + in_quotes(issuer);
    throw Error(Code::invalid_data, fmt::format("the certificate of the issuer {} is missing", names),
                "name its file as well, or say --partial to import without it");
}

// A key that came without its certificate, for one that the site has already.
void add_keys_for_stored(const ImportRequest& request, const Inventory& inventory, ImportPlan& plan) {
    for (const StoredCertificate& stored : inventory.all()) {
        const auto same = [&](const ImportStep& step) { return step.certificate == stored.certificate; };
        if (std::any_of(plan.steps.begin(), plan.steps.end(), same)) continue;
        const auto key = key_of(stored.certificate, request.keys);
        if (!key) continue;
        const bool missing = !stored.has_key();
        plan.steps.push_back({missing ? ImportAction::add_key : ImportAction::nothing, stored.certificate,
                              stored.record.name, missing ? key : std::nullopt});
    }
}

ImportStep step_for(const Certificate& certificate, const ImportRequest& request, const Inventory& inventory,
                    ImportNames& names) {
    const auto key = key_of(certificate, request.keys);
    const StoredCertificate* const stored = inventory.find(certificate.fingerprint());
    if (stored == nullptr) return {ImportAction::store, certificate, names.name_for(certificate), key};
    if (key && !stored->has_key()) return {ImportAction::add_key, certificate, stored->record.name, key};
    return {ImportAction::nothing, certificate, stored->record.name, std::nullopt};
}

}  // namespace

ImportPlan plan_import(const ImportRequest& request, const Inventory& inventory) {
    require_owners(request, inventory);
    const std::vector<Certificate> certificates = in_order(request.certificates);
    ImportPlan plan;
    plan.missing_issuers = find_missing_issuers(certificates, inventory, request.now);
    if (!plan.missing_issuers.empty() && !request.partial) refuse_missing(plan.missing_issuers);

    ImportNames names(inventory, certificates, request.name);
    for (const Certificate& certificate : certificates) {
        plan.steps.push_back(step_for(certificate, request, inventory, names));
    }
    add_keys_for_stored(request, inventory, plan);
    return plan;
}

}  // namespace umsadm
