export default { name: "train", keys: [], open() {} };
