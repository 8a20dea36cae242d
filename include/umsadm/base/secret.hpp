#pragma once

#include <cstddef>
#include <iosfwd>
#include <string_view>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

// A password, passphrase or private key. It is moved, never copied by accident, wiped when it goes, and has no
// way to be printed or compared with ==.
class Secret {
public:
    Secret() noexcept = default;
    explicit Secret(std::string_view text);
    explicit Secret(ByteView bytes);
    ~Secret();

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    // A copy on purpose, easy to search for.
    Secret duplicate() const;

    // The text. The view is valid as long as this object is neither moved nor destroyed.
    std::string_view reveal() const noexcept;
    ByteView reveal_bytes() const noexcept { return {m_data, m_size}; }

    std::size_t size() const noexcept { return m_size; }
    bool empty() const noexcept { return m_size == 0; }

    friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;
    friend bool operator==(const Secret&, const Secret&) = delete;

private:
    void wipe() noexcept;

    std::uint8_t* m_data = nullptr;
    std::size_t m_size = 0;
};

// Overwrites memory in a way that the compiler does not remove.
void wipe_memory(void* data, std::size_t size) noexcept;

}  // namespace umsadm
