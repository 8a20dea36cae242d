#pragma once

#include <stdexcept>
#include <utility>

#include "umsadm/base/error.hpp"

namespace umsadm::test {

// The Error that `function` throws. Fails the test when it throws none.
template <typename Function>
Error error_of(Function&& function) {
    try {
        std::forward<Function>(function)();
    } catch (const Error& error) {
        return error;
    }
    throw std::logic_error("no error was thrown");
}

}  // namespace umsadm::test
