#pragma once

#include <cstddef>
#include <functional>

namespace umsadm::app {

// How many servers are asked at the same time.
constexpr std::size_t k_most_at_once = 16;

// How many threads this machine can run at the same time, at least 1: for work that computes and does not wait.
std::size_t processors() noexcept;

// Runs work(0) to work(count - 1) in threads, `at_once` at a time, and returns when all have ended. When one throws,
// what has not begun is left out, and the first exception is thrown here after the others have ended.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t at_once = k_most_at_once);

}  // namespace umsadm::app
