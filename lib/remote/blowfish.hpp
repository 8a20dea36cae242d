#pragma once

#include <array>
#include <cstdint>

#include "umsadm/base/bytes.hpp"

namespace umsadm::remote {

// As much of Blowfish as bcrypt needs: its key schedule with a salt, and the encryption of one block.
class Blowfish {
public:
    Blowfish() noexcept : m_state(k_initial_state) {}
    ~Blowfish();
    Blowfish(const Blowfish&) = delete;
    Blowfish& operator=(const Blowfish&) = delete;

    // "ExpandKey" of Provos and Mazieres, "A Future-Adaptable Password Scheme". `salt` is empty or a multiple of 8
    // bytes.
    void expand(ByteView key, ByteView salt) noexcept;
    void encrypt(std::uint32_t& left, std::uint32_t& right) const noexcept;

private:
    static constexpr std::size_t k_subkeys = 18;
    static constexpr std::size_t k_words = k_subkeys + 4 * 256;
    static const std::array<std::uint32_t, k_words> k_initial_state;

    std::uint32_t box(std::size_t index, std::uint32_t byte) const noexcept {
        return m_state[k_subkeys + index * 256 + (byte & 0xFFU)];
    }

    std::array<std::uint32_t, k_words> m_state;  // the subkeys, then the four S-boxes
};

}  // namespace umsadm::remote
