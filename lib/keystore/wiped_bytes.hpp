#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "umsadm/base/secret.hpp"

namespace umsadm::keystore {

// Wipes what it gives back, also when a vector grows.
template <typename T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() noexcept = default;
    template <typename U>
    explicit WipingAllocator(const WipingAllocator<U>&) noexcept {}

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* data, std::size_t count) noexcept {
        wipe_memory(data, count * sizeof(T));
        std::allocator<T>().deallocate(data, count);
    }

    bool operator==(const WipingAllocator&) const noexcept { return true; }
};

// Working memory for passwords and plain keys, where a Secret cannot be built up piece by piece.
using WipedBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace umsadm::keystore
