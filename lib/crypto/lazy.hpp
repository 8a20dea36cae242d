#pragma once

#include <mutex>
#include <optional>

namespace umsadm {

// A value that is made when somebody first asks for it, once, from whatever thread.
template <typename T>
class Lazy {
public:
    template <typename Make>
    const T& get(Make make) const {
        std::call_once(m_once, [&] { m_value.emplace(make()); });
        return *m_value;
    }

private:
    mutable std::once_flag m_once;
    mutable std::optional<T> m_value;
};

}  // namespace umsadm
