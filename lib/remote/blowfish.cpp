#include "lib/remote/blowfish.hpp"

#include <utility>

#include "umsadm/base/secret.hpp"

namespace umsadm::remote {
namespace {

// Big-endian words of a byte string that starts again when it ends.
class CyclicWords {
public:
    explicit CyclicWords(ByteView bytes) noexcept : m_bytes(bytes) {}

    std::uint32_t next() noexcept {
        std::uint32_t word = 0;
        if (m_bytes.empty()) return word;
        for (int i = 0; i < 4; ++i) {
            word = (word << 8U) | m_bytes[m_at];
            m_at = (m_at + 1) % m_bytes.size();
        }
        return word;
    }

private:
    ByteView m_bytes;
    std::size_t m_at = 0;
};

}  // namespace

Blowfish::~Blowfish() { wipe_memory(m_state.data(), sizeof m_state); }

void Blowfish::encrypt(std::uint32_t& left, std::uint32_t& right) const noexcept {
    for (std::size_t round = 0; round < k_subkeys - 2; ++round) {
        left ^= m_state[round];
        right ^= ((box(0, left >> 24U) + box(1, left >> 16U)) ^ box(2, left >> 8U)) + box(3, left);
        std::swap(left, right);
    }
    std::swap(left, right);
    right ^= m_state[k_subkeys - 2];
    left ^= m_state[k_subkeys - 1];
}

void Blowfish::expand(ByteView key, ByteView salt) noexcept {
    CyclicWords key_words(key);
    for (std::size_t i = 0; i < k_subkeys; ++i) m_state[i] ^= key_words.next();
    CyclicWords salt_words(salt);
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    for (std::size_t i = 0; i < k_words; i += 2) {
        left ^= salt_words.next();
        right ^= salt_words.next();
        encrypt(left, right);
        m_state[i] = left;
        m_state[i + 1] = right;
    }
}

}  // namespace umsadm::remote
