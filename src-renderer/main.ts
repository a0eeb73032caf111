import '@fontsource-variable/inter/standard.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/chip.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { connectEngine } from '#rpc/client.ts'
import { provideEngine } from './api/engine.ts'
import AppFrame from './shell/AppFrame.vue'

const app = createApp(AppFrame)
app.use(createPinia())
provideEngine(app, connectEngine())
app.mount('#app')
