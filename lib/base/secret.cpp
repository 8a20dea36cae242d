#include "umsadm/base/secret.hpp"

#include <cstring>
#include <utility>

#include <string.h>

namespace umsadm {

void wipe_memory(void* data, std::size_t size) noexcept {
    if (size != 0) {
        ::explicit_bzero(data, size);
    }
}

Secret::Secret(std::string_view text) : Secret(as_bytes(text)) {}

Secret::Secret(ByteView bytes)
    : m_data(bytes.empty() ? nullptr : new std::uint8_t[bytes.size()]), m_size(bytes.size()) {
    if (m_data != nullptr) {
        std::memcpy(m_data, bytes.data(), m_size);
    }
}

Secret::~Secret() { wipe(); }

Secret::Secret(Secret&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

Secret Secret::duplicate() const { return Secret(reveal_bytes()); }

std::string_view Secret::reveal() const noexcept { return as_text({m_data, m_size}); }

void Secret::wipe() noexcept {
    if (m_data != nullptr) {
        wipe_memory(m_data, m_size);
        delete[] m_data;
        m_data = nullptr;
        m_size = 0;
    }
}

}  // namespace umsadm
