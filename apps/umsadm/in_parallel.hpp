#pragma once

#include <cstddef>
#include <functional>

namespace umsadm::app {

// How many servers are asked at the same time.
constexpr std::size_t k_most_at_once = 16;

// Runs work(0) to work(count - 1) in threads, k_most_at_once at a time, and returns when all have ended. When one
// throws, what has not begun is left out, and the first exception is thrown here after the others have ended.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace umsadm::app
