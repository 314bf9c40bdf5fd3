// A small shop with a column of every type: the data of the builder's tests.
#pragma once

#include <string>

#include "tests/offline/data_directory.h"

namespace rec::testing {

inline const std::string kShopCatalog = R"(timezone: UTC
tables:
  people:
    key: id
    source: {csv: people.csv}
    columns: {city: string}
    unknown: {city: ""}
  goods:
    key: sku
    source: {csv: goods.csv}
    columns:
      sku: string
      name: string?
      price: float?
      stock: int
      sold: bool
      since: {type: time, format: iso}
      ships: duration?
      tags: "[string]"
      sizes: {type: "[int]?", separator: ";"}
      look: {type: vector(2), separator: ";"}
events:
  visits:
    source: {csv: visits.csv}
    user: who
    item: what
    time: {column: at, format: unix_seconds}
    columns: {action: string, seconds: float?, labels: "[string]"}
    users: people
    items: goods
sequences:
  all: {from: visits, keep: 3}
  buys: {from: visits, where: 'e.action == "buy"', keep: 100}
statistics:
  goods.visits: {from: visits, value: count}
  goods.buys_10s: {from: visits, where: 'e.action == "buy"', value: count, window: 10s}
  goods.seconds: {from: visits, value: sum, of: e.seconds ?? 0.0}
  goods.buy_rate: {from: visits, value: rate, of: 'e.action == "buy"'}
  people.mean_stock: {from: visits, value: mean, of: e.item.stock}
indexes:
  cf: {algorithm: item_cf, from: all, top_k: 5, user_weight: none, popularity_exponent: 0.5}
  later: {algorithm: swing, from: all}
)";

inline void write_shop(const DataDirectory& data) {
  data.write("catalog.yaml", kShopCatalog);
  data.write("people.csv", "id,city\n3,Oslo\n1,Rome\n-2,\n");
  data.write("goods.csv",
             "sku,name,price,stock,sold,since,ships,tags,sizes,look\n"
             "b,Bee,1.5,70000,true,2026-01-01T00:00:00Z,2d,x|y,1;-5,0.5;-1\n"
             "a,,,-3,0,1970-01-01,,,,1;2\n"
             "c,\"Cee, the third\",2,0,1,2026-01-02 00:00:00,90m,y,7,0;0\n");
  data.write("visits.csv",
             "who,what,at,action,seconds,labels\n"
             "1,a,100,view,1.5,p|q\n"
             "1,b,101,buy,,\n"
             "3,a,101,buy,2,q\n"
             "1,c,101,view,4,p\n"
             "1,a,111,buy,0.5,\n"
             "9,b,50,view,1,\n");
}

}  // namespace rec::testing
