/**
 * How wide the register's roads are drawn, on the map and on phones.
 * @param {number} grow pixels beside: 0 for the road, more for the edge that shows around it
 * @returns {any[]} an expression by zoom
 */
export const roadWidth = (grow) => [
  "interpolate",
  ["exponential", 1.5],
  ["zoom"],
  10,
  0.8 + grow,
  13,
  2 + grow,
  16,
  9 + grow,
  18,
  22 + grow,
];
