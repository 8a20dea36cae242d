#include "umsadm/crypto/chain.hpp"

#include <algorithm>
#include <set>

namespace umsadm {
namespace {

constexpr std::size_t k_longest_chain = 10;

// A pool is put together from several places, and a root is in most of them.
bool contains(const std::vector<const Certificate*>& certificates, const Certificate& wanted) {
    return std::any_of(certificates.begin(), certificates.end(),
                       [&](const Certificate* certificate) { return *certificate == wanted; });
}

bool is_valid_at(const Certificate& certificate, UtcTime now) {
    return certificate.not_before() <= now && now < certificate.not_after();
}

// Looks for a way from a certificate up to a self-signed one. Each certificate is entered once, so a pool made to
// mislead costs at most one look at each of its certificates.
class PathFinder {
public:
    enum class Issuers { only_valid_ones, any };

    PathFinder(const std::vector<Certificate>& pool, UtcTime now, Issuers issuers)
        : m_pool(pool), m_now(now), m_issuers(issuers) {}

    // The first complete path; without one the first path that was followed to its end.
    Chain find(const Certificate& leaf) {
        m_path = {leaf};
        m_entered = {leaf.fingerprint()};
        Chain chain;
        chain.complete = climb();
        chain.certificates = chain.complete ? m_path : m_dead_end;
        return chain;
    }

private:
    bool climb() {
        if (m_path.back().is_self_signed()) return true;
        if (m_path.size() < k_longest_chain) {
            for (const Certificate* issuer : issuers_of(m_path.back())) {
                if (!m_entered.insert(issuer->fingerprint()).second) continue;
                m_path.push_back(*issuer);
                if (climb()) return true;
                m_path.pop_back();
            }
        }
        if (m_dead_end.empty()) m_dead_end = m_path;
        return false;
    }

    std::vector<const Certificate*> issuers_of(const Certificate& certificate) const {
        std::vector<const Certificate*> issuers;
        for (const Certificate& issuer : m_pool) {
            // The name first: it is cheap, and nearly always says no.
            if (issuer.canonical_subject() != certificate.canonical_issuer()) continue;
            if (m_issuers == Issuers::only_valid_ones && !is_valid_at(issuer, m_now)) continue;
            if (m_entered.contains(issuer.fingerprint()) || contains(issuers, issuer)) continue;
            if (certificate.is_signed_by(issuer)) issuers.push_back(&issuer);
        }
        std::stable_sort(issuers.begin(), issuers.end(), [this](const Certificate* a, const Certificate* b) {
            const bool a_valid = is_valid_at(*a, m_now);
            const bool b_valid = is_valid_at(*b, m_now);
            return a_valid != b_valid ? a_valid : a->not_after() > b->not_after();
        });
        return issuers;
    }

    const std::vector<Certificate>& m_pool;
    UtcTime m_now;
    Issuers m_issuers;
    std::vector<Certificate> m_path;
    std::vector<Certificate> m_dead_end;
    std::set<Fingerprint> m_entered;
};

}  // namespace

Chain build_chain(const Certificate& leaf, const std::vector<Certificate>& pool, UtcTime now) {
    // A way of valid certificates is worth more than the best first step.
    Chain valid = PathFinder(pool, now, PathFinder::Issuers::only_valid_ones).find(leaf);
    if (valid.complete) return valid;
    return PathFinder(pool, now, PathFinder::Issuers::any).find(leaf);
}

bool same_authority(const Certificate& a, const Certificate& b) {
    return a.canonical_subject() == b.canonical_subject() && a.public_key_der() == b.public_key_der();
}

}  // namespace umsadm
