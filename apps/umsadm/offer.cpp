#include "offer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

// The vocabulary of the help. A new word belongs here when it means the same wherever it is used.
constexpr std::array<std::pair<std::string_view, OfferKind>, 34> k_vocabulary{{
    {"A", OfferKind::nothing},
    {"ALIAS", OfferKind::nothing},
    {"BACKUP", OfferKind::backup},
    {"C", OfferKind::certificate},
    {"CC", OfferKind::nothing},
    {"CMD", OfferKind::nothing},
    {"CODE", OfferKind::finding_code},
    {"DATE", OfferKind::nothing},
    {"DAYS", OfferKind::nothing},
    {"DIR", OfferKind::folder},
    {"FILE", OfferKind::file},
    // It is asked for to make sure that somebody read it.
    {"FINGERPRINT", OfferKind::nothing},
    {"G", OfferKind::gateway},
    {"GATEWAY", OfferKind::gateway},
    {"HOST", OfferKind::nothing},
    {"HOSTS", OfferKind::nothing},
    {"ID", OfferKind::request},
    {"KEY=VALUE", OfferKind::label},
    {"N", OfferKind::nothing},
    {"OLD", OfferKind::file},
    // On a gateway or server.
    {"PATH", OfferKind::nothing},
    {"PORT", OfferKind::nothing},
    {"R", OfferKind::authority},
    {"REQUEST", OfferKind::file},
    {"S", OfferKind::nothing},
    {"SECONDS", OfferKind::nothing},
    {"SERVER", OfferKind::server},
    {"SHA256", OfferKind::nothing},
    {"SHA256:...", OfferKind::nothing},
    {"SRC", OfferKind::password_source},
    {"TEXT", OfferKind::nothing},
    {"URI", OfferKind::nothing},
    {"USER@HOST:PORT", OfferKind::nothing},
    {"VERSION", OfferKind::nothing},
}};

constexpr std::array<const char*, 8> k_key_kinds{
    {"rsa:2048", "rsa:3072", "rsa:4096", "rsa:8192", "ec:p256", "ec:p384", "ec:p521", "ed25519"}};

bool is_fixed_word(std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

OfferKind kind_called(std::string_view part) {
    const auto* const found =
        std::find_if(k_vocabulary.begin(), k_vocabulary.end(), [&](const auto& entry) { return entry.first == part; });
    return found == k_vocabulary.end() ? OfferKind::unknown : found->second;
}

}  // namespace

Offers offers_for(std::string_view value_name) {
    Offers offers;
    for (std::string& part : split(value_name, '|')) {
        if (part == "KIND") {
            for (const char* const kind : k_key_kinds) offers.words.push_back({kind});
        } else if (is_fixed_word(part)) {
            offers.words.push_back({std::move(part)});
        } else {
            offers.kinds.push_back(kind_called(part));
        }
    }
    return offers;
}

}  // namespace umsadm::app
