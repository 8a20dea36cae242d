#include "lib/remote/bcrypt_pbkdf.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/evp.h>

#include "umsadm/base/error.hpp"

#include "lib/remote/blowfish.hpp"

namespace umsadm::remote {
namespace {

constexpr std::string_view k_magic = "OxychromaticBlowfishSwatDynamite";
constexpr std::size_t k_hash_size = 32;
constexpr int k_expansions = 64;
constexpr int k_encryptions = 64;

using Hash = std::array<std::uint8_t, k_hash_size>;
using Sha512 = std::array<std::uint8_t, 64>;

Sha512 sha512(ByteView data) {
    Sha512 digest{};
    if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha512(), nullptr) != 1) {
        throw Error(Code::failed, "cannot compute SHA-512");
    }
    return digest;
}

Hash bcrypt_hash(const Sha512& passphrase, const Sha512& salt) {
    Blowfish cipher;
    cipher.expand(passphrase, salt);
    for (int i = 0; i < k_expansions; ++i) {
        cipher.expand(salt, {});
        cipher.expand(passphrase, {});
    }
    std::array<std::uint32_t, k_hash_size / 4> words{};
    for (std::size_t i = 0; i < k_hash_size; ++i) {
        words[i / 4] = (words[i / 4] << 8U) | static_cast<std::uint8_t>(k_magic[i]);
    }
    for (int i = 0; i < k_encryptions; ++i) {
        for (std::size_t k = 0; k < words.size(); k += 2) cipher.encrypt(words[k], words[k + 1]);
    }
    Hash hash{};
    for (std::size_t i = 0; i < k_hash_size; ++i) {
        hash[i] = static_cast<std::uint8_t>(words[i / 4] >> (8U * (i % 4)));  // little-endian, unlike the rest
    }
    return hash;
}

// One block of PBKDF2, with bcrypt as its pseudo-random function.
Hash derive_block(const Sha512& passphrase, ByteView salt, std::uint32_t number, std::uint32_t rounds) {
    Bytes numbered = to_bytes(salt);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) numbered.push_back(static_cast<std::uint8_t>(number >> shift));
    Hash last = bcrypt_hash(passphrase, sha512(numbered));
    Hash sum = last;
    for (std::uint32_t round = 1; round < rounds; ++round) {
        last = bcrypt_hash(passphrase, sha512(last));
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= last[i];
    }
    wipe_memory(last.data(), last.size());
    return sum;
}

}  // namespace

Secret bcrypt_pbkdf(const Secret& passphrase, ByteView salt, std::uint32_t rounds, std::size_t size) {
    Sha512 hashed = sha512(passphrase.reveal_bytes());
    Bytes key(size);
    // The blocks are interleaved, not appended: byte k of block b is byte k * blocks + b of the key.
    const std::size_t blocks = (size + k_hash_size - 1) / k_hash_size;
    for (std::size_t number = 0; number < blocks; ++number) {
        Hash block = derive_block(hashed, salt, static_cast<std::uint32_t>(number + 1), rounds);
        for (std::size_t i = 0; i * blocks + number < size; ++i) key[i * blocks + number] = block[i];
        wipe_memory(block.data(), block.size());
    }
    Secret result{ByteView(key)};
    wipe_memory(key.data(), key.size());
    wipe_memory(hashed.data(), hashed.size());
    return result;
}

}  // namespace umsadm::remote
