#include <cstdlib>

#include <catch2/catch.hpp>

#include "sync_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
