#include "umsadm/jobs/import_certificates.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/jobs/import_issuers.hpp"
#include "lib/jobs/import_keys.hpp"
#include "lib/jobs/import_names.hpp"

namespace umsadm {
namespace {

using Certificates = std::vector<Certificate>;

Certificates without_repetition(const std::vector<FoundCertificate>& found) {
    std::set<Fingerprint> seen;
    Certificates all;
    for (const FoundCertificate& one : found) {
        if (seen.insert(one.certificate.fingerprint()).second) all.push_back(one.certificate);
    }
    return all;
}

// Issuers before what they signed, older before newer, so that generations count upwards.
void put_in_order(Certificates& certificates) {
    std::vector<std::tuple<CertificateType, UtcTime, std::size_t>> places;  // the type takes a look at a signature
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        places.emplace_back(type_of(certificates[i]), certificates[i].not_before(), i);
    }
    std::sort(places.begin(), places.end());
    Certificates ordered;
    for (const auto& place : places) ordered.push_back(certificates[std::get<2>(place)]);
    certificates = std::move(ordered);
}

// `first` and then `second`, each certificate once.
Certificates together(const Certificates& first, const Certificates& second) {
    std::set<Fingerprint> seen;
    Certificates all;
    for (const Certificates* part : {&first, &second}) {
        for (const Certificate& certificate : *part) {
            if (seen.insert(certificate.fingerprint()).second) all.push_back(certificate);
        }
    }
    return all;
}

Certificates stored_certificates(const Inventory& inventory) {
    Certificates all;
    for (const StoredCertificate& stored : inventory.all()) all.push_back(stored.certificate);
    return all;
}

// Of several that fit, one that is valid now and lives longest.
std::optional<Certificate> root_above(const Certificate& certificate, const Certificates& roots, UtcTime now) {
    const auto worth = [&](const Certificate& root) {
        return std::tuple(root.not_before() <= now && now < root.not_after(), root.not_after());
    };
    std::optional<Certificate> best;
    for (const Certificate& root : roots) {
        if (root.canonical_subject() != certificate.canonical_issuer() || !certificate.is_signed_by(root)) continue;
        if (root.is_self_signed() && (!best || worth(*best) < worth(root))) best = root;
    }
    return best;
}

struct Authorities {
    Certificates from_system;
    std::vector<MissingIssuer> missing;
};

// What is above the found certificates and neither among them nor in the site.
Authorities find_authorities(const ImportRequest& request, const Certificates& found, const Inventory& inventory) {
    const IssuerPool pool(together(found, inventory.issuers()));
    Authorities result;
    std::set<Fingerprint> ends;
    for (const Certificate& certificate : found) {
        if (pool.is_complete(certificate)) continue;
        const Certificate end = pool.end_of_way(certificate);
        if (!ends.insert(end.fingerprint()).second) continue;
        const auto root = root_above(end, request.system_roots, request.now);
        if (root && request.take_system_roots) {
            result.from_system.push_back(*root);
        } else if (const MissingIssuer missing{end.issuer(), root.has_value()};
                   std::find(result.missing.begin(), result.missing.end(), missing) == result.missing.end()) {
            result.missing.push_back(missing);
        }
    }
    return result;
}

// The steps of a plan, one certificate after the other.
class StepMaker {
public:
    StepMaker(const ImportRequest& request, const Certificates& certificates, const Inventory& inventory,
              const ImportKeys& keys)
        : m_inventory(inventory), m_keys(keys), m_names(inventory, certificates, request.name) {
        for (const RequestRecord& waiting : request.waiting) m_waiting.emplace(waiting.id, waiting.name);
    }

    ImportStep step_for(const Certificate& certificate) {
        const StoredCertificate* const stored = m_inventory.find(certificate.fingerprint());
        const auto request = m_waiting.find(sha256_hex(certificate.public_key_der()));
        const bool answers = request != m_waiting.end();
        ImportStep step{ImportAction::nothing, certificate, {}};
        if (answers) step.answers = request->first;
        if (stored != nullptr && stored->has_key()) {
            step.name = stored->record.name;
            return step;
        }
        step.key = m_keys.of(certificate);
        if (stored == nullptr) {
            step.action = ImportAction::store;
            step.name = m_names.name_for(certificate, answers ? request->second : std::string());
        } else {
            step.action = step.key || answers ? ImportAction::add_key : ImportAction::nothing;
            step.name = stored->record.name;
        }
        return step;
    }

private:
    const Inventory& m_inventory;
    const ImportKeys& m_keys;
    ImportNames m_names;
    std::map<std::string, std::string> m_waiting;  // ID and name
};

}  // namespace

ImportPlan plan_import(const ImportRequest& request, const Inventory& inventory) {
    Certificates certificates = without_repetition(request.certificates);
    Authorities authorities = find_authorities(request, certificates, inventory);
    certificates = together(certificates, authorities.from_system);
    put_in_order(certificates);

    const ImportKeys keys(request.keys, together(certificates, stored_certificates(inventory)));
    ImportPlan plan;
    plan.missing_issuers = std::move(authorities.missing);
    plan.unused_keys = keys.unused();
    StepMaker steps(request, certificates, inventory, keys);
    std::set<Fingerprint> done;
    for (const Certificate& certificate : certificates) {
        plan.steps.push_back(steps.step_for(certificate));
        done.insert(certificate.fingerprint());
    }
    // A key that came without its certificate, for one that the site has already.
    for (const StoredCertificate& stored : inventory.all()) {
        const bool is_meant = !done.contains(stored.record.fingerprint) && keys.of(stored.certificate);
        if (is_meant) plan.steps.push_back(steps.step_for(stored.certificate));
    }
    return plan;
}

void require_whole(const ImportPlan& plan) {
    if (!plan.unused_keys.empty()) {
        throw Error(Code::invalid_data,
                    fmt::format("the private key in {} belongs to no certificate of the files or the site",
                                in_quotes(plan.unused_keys.front())),
                    "name the file with its certificate as well, or say --partial to pass over the key");
    }
    if (plan.missing_issuers.empty()) return;
    std::string names;
    bool system_helps = true;
    for (const MissingIssuer& issuer : plan.missing_issuers) {
        names += (names.empty() ? "" : ", ") + in_quotes(issuer.subject);
        system_helps = system_helps && issuer.system_has_it;
    }
    throw Error(Code::invalid_data, fmt::format("the certificate of the issuer {} is missing", names),
                system_helps ? "this system trusts it: take it from there with --system-roots, or name its file as well"
                             : "name its file as well, or say --partial to import without it");
}

}  // namespace umsadm
